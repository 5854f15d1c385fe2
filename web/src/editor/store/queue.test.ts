import { beforeEach, describe, expect, it } from "vitest";

import { ApiProblem, type OperationOut } from "@/api";

import type { Operation, WorkflowDocument } from "../contracts";
import { clashesOf } from "./clashes";
import { Marks } from "./marks";
import { advanced, keep, kept, shown, without, type Batch } from "./queue";

const document: WorkflowDocument = { studio: 1, name: "w", nodes: { a: { type: "x", params: { n: 1 } } } };
const path = ["nodes", "a", "params", "n"];

function batch(id: string, operation: Operation): Batch {
  return { id, client: "me", base: 1, operations: [operation] };
}

function told(revision: number, id: string, value: unknown): OperationOut {
  return {
    revision, base: 1, id, by: "someone", name: "Someone", client: "other", at: "2026-01-01T00:00:00Z", how: "edit", of: null,
    operations: [], changes: [{ path, value }],
  };
}

beforeEach(() => sessionStorage.clear());

describe("the queue", () => {
  it("shows one's own on top of what the server has", () => {
    const confirmed = { revision: 1, document };
    const queue = [batch("q", { op: "set", path, value: 2 })];
    expect(shown(confirmed, queue).nodes.a?.params?.n).toBe(2);
    const next = advanced(confirmed, [told(2, "theirs", 9)]);
    expect(next?.document.nodes.a?.params?.n).toBe(9);
    expect(next && shown(next, queue).nodes.a?.params?.n).toBe(2);
    expect(without(queue, [told(2, "q", 2)])).toEqual([]);
    expect(without(queue, [told(2, "theirs", 2)])).toBe(queue);
  });

  it("takes batches in order, once, and tells of a gap", () => {
    const confirmed = { revision: 1, document };
    expect(advanced(confirmed, [told(3, "b", 3), told(2, "a", 2)])).toMatchObject({ revision: 3, document: { nodes: { a: { params: { n: 3 } } } } });
    expect(advanced(confirmed, [told(3, "b", 3)])).toBeNull();
    expect(advanced({ revision: 5, document }, [told(3, "b", 3)])?.document).toBe(document);
  });

  it("survives a reload of the page", () => {
    const queue = [batch("q", { op: "set", path, value: 2 })];
    keep("w1", queue);
    expect(kept("w1")).toEqual(queue);
    expect(kept("w2")).toEqual([]);
    keep("w1", []);
    expect(kept("w1")).toEqual([]);
  });
});

describe("a conflict", () => {
  const own: Operation = { op: "set", path, value: "mine" };
  it("says who, and both values", () => {
    const problem = { operation: 0, code: "editing.conflict", path, value: "theirs", name: "Grace", at: 1_000_000 };
    const error = new ApiProblem(409, "editing.conflict", "", { problems: [problem] });
    expect(clashesOf(error, [own], document)).toEqual([
      { path, mine: "mine", theirs: "theirs", removed: false, name: "Grace", at: 1000 },
    ]);
  });
  it("compares with what stands there where the draft was replaced", () => {
    const error = new ApiProblem(410, "editing.log_gone", "");
    expect(clashesOf(error, [own], document)).toMatchObject([{ mine: "mine", theirs: 1, name: null }]);
  });
});

describe("places of steps", () => {
  it("come back with the step, after a reload too", () => {
    const [before, after] = [{ selection: ["a"], view: null }, { selection: ["b"], view: null }];
    new Marks("w").made(4, before, after);
    const again = new Marks("w");
    expect(again.back("undo", 4, 5)).toEqual(before);
    expect(again.back("redo", 5, 6)).toEqual(after);
    expect(again.back("undo", 99, 100)).toBeNull();
  });
});
