import { describe, expect, test } from "vitest";

import type { WorkflowDocument } from "@/editor/contracts";
import { compareIds, counted, fold, nothing, type Folded, type RunEvent } from "./fold";
import { before, behind, nodeOf, runGraph } from "./graph";
import { withRunning } from "./running";

const DOCUMENT: WorkflowDocument = {
  studio: 1,
  name: "Sample",
  nodes: {
    load: { type: "files.read_json", params: { path: "a.json" } },
    some: { type: "flow.if", params: { condition: "{{ len(load.data) > 0 }}" } },
    places: {
      type: "flow.map",
      params: { items: "{{ load.data }}" },
      body: { nodes: { up: { type: "text.upper", params: { text: "{{ item }}" } }, low: { type: "text.lower", params: { text: "{{ up.text }}" } } } },
    },
    quiet: { type: "text.template", params: { template: "none" } },
    mail: { type: "mail.send", on_error: "route", params: { text: "{{ places.results }}" } },
    told: { type: "text.template", params: { template: "x" } },
  },
  edges: ["some.true -> places", "some.false -> quiet", "mail.error -> told"],
};
const GRAPH = runGraph(DOCUMENT);
let number = 0;

const event = (kind: string, path: string | null = null, data: Record<string, unknown> = {}): RunEvent => {
  number += 1;
  return { id: `${number}.0`, kind, path, at: new Date(1_000 * number).toISOString(), data };
};
const live = (kind: string, path: string, data: Record<string, unknown> = {}): RunEvent => ({ ...event(kind, path, data), id: null });
const done = (path: string, bytes = 10, ports: string[] | null = null): RunEvent =>
  event("succeeded", path, { started_at: 5_000_000, duration: 250_000, attempts: 1, waited: 0, ports, bytes });
const run = (...events: RunEvent[]): Folded => fold(nothing(GRAPH), [{ ...event("accepted"), id: "0.0" }, ...events]);
const passed = (folded: Folded): Record<string, number> =>
  Object.fromEntries([...folded.edges].filter(([, one]) => one.passed > 0).map(([id, one]) => [id, one.passed]));

describe("the graph", () => {
  test("knows wires as the canvas names them, and nodes by run path", () => {
    expect(GRAPH.leaving.get("load")?.map((one) => one.id)).toEqual(["ref load.data -> some.condition", "ref load.data -> places.items"]);
    expect(GRAPH.leaving.get("some")?.map((one) => one.id)).toEqual(["some.true -> places", "some.false -> quiet"]);
    expect(GRAPH.leaving.get("places.body.up")?.map((one) => one.id)).toEqual(["ref places.body.up.text -> places.body.low.text"]);
    expect(nodeOf(GRAPH, "places[3]/low")).toBe("places.body.low");
    expect([...behind(GRAPH, "places")]).toEqual(["places", "mail", "told"]);
    expect([...before(GRAPH, "places")].sort()).toEqual(["load", "some"]);
  });
});

describe("folding", () => {
  test("a value passes where its node leaves, and nowhere else", () => {
    const folded = run(done("load", 2000), done("some", 1, ["true"]), event("skipped", "quiet"));
    expect(passed(folded)).toEqual({ "ref load.data -> some.condition": 1, "ref load.data -> places.items": 1, "some.true -> places": 1 });
    expect(folded.nodes.get("load")).toMatchObject({ state: "succeeded", seconds: 0.25, outputBytes: 2000, startedAt: 5000 });
    expect(folded.nodes.get("quiet")?.state).toBe("skipped");
    expect(folded.nodes.get("places")?.state).toBe("pending");
  });

  test("items of a map count for everything inside", () => {
    const folded = run(
      event("chunk", "places", { first: 0, count: 600, errors: 0 }), live("items", "places", { done: 700, total: 1000 }),
      event("chunk", "places", { first: 600, count: 400, errors: 3 }), done("places", 9000),
    );
    expect(folded.nodes.get("places")?.items).toEqual({ done: 1000, failed: 3, total: 1000 });
    expect(folded.nodes.get("places.body.low")?.items?.done).toBe(1000);
    expect(passed(folded)).toEqual({ "ref places.body.up.text -> places.body.low.text": 997, "ref places.results -> mail.text": 1 });
  });

  test("an error routed out of its port goes over that wire only, and names its param", () => {
    const failed = { started_at: 0, duration: 1, attempts: 2, error: { code: "mail.refused", message: "No.", param: "text" }, handled: true };
    const folded = run(event("failed", "mail", failed));
    expect(passed(folded)).toEqual({ "mail.error -> told": 1 });
    expect(folded.nodes.get("mail")).toMatchObject({ state: "failed", attempts: 2, error: { code: "mail.refused", param: "text" } });
  });

  test("what is told twice counts once, so a stream may begin anew", () => {
    const events = [event("accepted"), done("load"), done("some", 1, ["false"])];
    const once = fold(nothing(GRAPH), events);
    expect(fold(once, events)).toEqual(once);
    expect(fold(fold(nothing(GRAPH), events.slice(0, 2)), events)).toEqual(once);
    expect(compareIds("9.10", "10.0")).toBeLessThan(0);
  });

  test("a part runs only its nodes; what was there before is told with its age", () => {
    const accepted = event("accepted", null, { until: "places", only: ["load", "some", "places"], reused: [{ path: "load", at: 7_000_000, bytes: 33 }] });
    const folded = fold(nothing(GRAPH), [accepted]);
    expect([...folded.nodes.keys()]).toEqual(["load", "some", "places", "places.body.up", "places.body.low"]);
    expect(folded.nodes.get("load")).toMatchObject({ state: "succeeded", cachedAt: 7000, outputBytes: 33 });
    expect(passed(folded)).toEqual({});
    const over = fold(folded, [event("ended", null, { status: "cancelled" })]);
    expect([...over.nodes.keys()]).toEqual(["load"]);
  });

  test("waiting, retrying, in doubt and standing still are told apart", () => {
    const state = (...events: RunEvent[]): string | undefined => run(...events).nodes.get("mail")?.state;
    expect(state(live("started", "mail"))).toBe("running");
    expect(state(event("retrying", "mail", { attempt: 2, at: 1, error: { code: "a", message: "b" } }))).toBe("waiting");
    expect(state(live("wait", "mail", { reason: ["wait.in_doubt", "mail"] }))).toBe("in_doubt");
    expect(state(live("wait", "mail", { reason: ["wait.breakpoint", "mail"] }))).toBe("paused");
    expect(state(live("wait", "mail", { reason: ["wait.until"] }), live("waited", "mail"))).toBe("running");
    expect(state(event("held", "mail"), event("parked"), live("waited", "mail"))).toBe("paused");
    expect(state(event("waiting", "mail", { kind: "timer" }), event("parked"), live("waited", "mail"))).toBe("waiting");
    expect(state(event("held", "mail"), event("parked"), event("claimed"), event("released", "mail"))).toBe("running");
    expect(state(live("started", "mail"), event("ended", null, { status: "cancelled" }))).toBe("cancelled");
  });

  test("who comes late sees what must be running", () => {
    const folded = withRunning(run(done("load"), done("some", 1, ["true"]), event("skipped", "quiet")));
    expect(folded.nodes.get("places")?.state).toBe("running");
    expect(folded.nodes.get("mail")?.state).toBe("pending");
    expect(folded.nodes.get("told")?.state).toBe("pending");
  });

  test("how many items went over an edge is told by what it reads", () => {
    const folded = counted(run(done("load", 2000)), "load", { data: 207, other: 3 });
    expect(folded.edges.get("ref load.data -> places.items")).toMatchObject({ items: 207, bytes: 2000, passed: 1 });
  });
});
