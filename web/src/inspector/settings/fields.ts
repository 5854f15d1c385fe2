/** The settings of nodes and workflows as fields of a form. */
import type { Json } from "@/editor/contracts";
import type { Control, Field } from "../form/field";

type Say = (name: string) => string;

const TEXT: Control = { kind: "text", secret: false, long: false, format: "" };
const LONG: Control = { ...TEXT, long: true };
const CLASSES = ["transient", "rate_limited", "authentication", "bad_input", "permanent"];

export interface Section {
  readonly name: string;
  readonly fields: readonly Field[];
}

function field(name: string, control: Control, say: Say, more: Partial<Field> = {}): Field {
  return {
    name, label: say(name), help: say(`${name}_help`), required: false, nullable: false, fallback: undefined, examples: [], control,
    visibleWhen: null, dependsOn: [], expression: false, fixed: more.expression !== true, ...more,
  };
}

function inner(name: string, control: Control, say: Say, more: Partial<Field> = {}): Field {
  return { ...field(name, control, say, more), help: "" };
}

/** What can be said of a node beside its params. */
export function nodeSections(kind: "node" | "control" | "trigger", pure: boolean, say: Say): Section[] {
  const notes = field("notes", LONG, say);
  const disabled = field("disabled", { kind: "boolean" }, say, { fallback: false });
  if (kind === "trigger") return [{ name: "general", fields: [disabled, notes] }];
  return [
    { name: "general", fields: [disabled, notes] },
    {
      name: "when",
      fields: [
        field("each", { kind: "any" }, say, { expression: true }),
        field("run_if", { kind: "any" }, say, { expression: true }),
        field("join", { kind: "select", options: ["any", "all", "first"] }, say, { fallback: "any" }),
      ],
    },
    { name: "failure", fields: failure(say) },
    {
      name: "where",
      fields: [
        ...(pure ? [field("cache", { kind: "object", fields: [inner("ttl", { kind: "duration" }, say, { fallback: "1d" })] }, say)] : []),
        field("pool", TEXT, say),
        field("region", TEXT, say),
      ],
    },
  ];
}

function failure(say: Say): Field[] {
  const retry: Field[] = [
    inner("max_attempts", { kind: "number", whole: true, min: 1, max: 1000 }, say, { fallback: 3 }),
    inner("first_delay", { kind: "duration" }, say, { fallback: "1s" }),
    inner("max_delay", { kind: "duration" }, say, { fallback: "5m" }),
    inner("factor", { kind: "number", whole: false, min: 1, max: 100 }, say, { fallback: 2 }),
    inner("max_total", { kind: "duration" }, say, { fallback: "1h" }),
    inner("on", { kind: "choices", options: CLASSES }, say),
  ];
  const fallback: Field[] = [
    inner("type", TEXT, say, { required: true, examples: ["http.request"] }),
    inner("params", { kind: "map", value: inner("value", { kind: "any" }, say, { fixed: false }) }, say),
    inner("credential", TEXT, say),
  ];
  return [
    field("on_error", { kind: "select", options: ["fail", "continue", "route"] }, say, { fallback: "fail" }),
    field("retry", { kind: "object", fields: retry }, say),
    field("timeout", { kind: "duration" }, say),
    field("fallback", { kind: "list", item: inner("item", { kind: "object", fields: fallback }, say) }, say),
    field("in_doubt", { kind: "select", options: ["ask", "rerun", "skip"] }, say, { fallback: "ask" }),
  ];
}

function whole(min: number, max: number): Control {
  return { kind: "number", whole: true, min, max };
}

/** Settings of a workflow. */
export function workflowSections(say: Say): Section[] {
  return [
    {
      name: "time",
      fields: [
        field("timeout", { kind: "duration" }, say),
        field("deadline", { kind: "duration" }, say),
        field("grace", { kind: "duration" }, say, { fallback: "10s" }),
        field("time_zone", { kind: "zone" }, say, { fallback: "UTC" }),
      ],
    },
    {
      name: "load",
      fields: [
        field("concurrency", { kind: "object", fields: [inner("limit", whole(1, 100_000), say, { required: true }), inner("key", { kind: "any" }, say, { expression: true }), inner("hold_while_waiting", { kind: "boolean" }, say, { fallback: false })] }, say),
        field("parallel", whole(1, 10_000), say, { fallback: 64 }),
        field("priority", whole(-100, 100), say, { fallback: 0 }),
        field("pool", TEXT, say),
        field("region", TEXT, say),
      ],
    },
    {
      name: "keeping",
      fields: [
        field("error_workflow", { kind: "workflow" }, say),
        field("retention", { kind: "duration" }, say),
        field("budget", { kind: "object", fields: [inner("node_runs", whole(1, 1e9), say), inner("tokens", whole(0, 1e12), say), inner("cost", { kind: "number", whole: false, min: 0 }, say)] }, say),
        field("acknowledge", { kind: "select", options: ["end", "node"] }, say, { fallback: "end" }),
      ],
    },
  ];
}

/** Short ways of writing a setting, as the form shows them: `retry: 5` is five attempts. */
export function spelledOut(name: string, value: Json | undefined): Json | undefined {
  if (name === "retry" && typeof value === "number") return { max_attempts: value };
  if (name === "retry" && value === true) return { max_attempts: 3 };
  if (name === "cache" && value === true) return { ttl: "1d" };
  if (name === "concurrency" && typeof value === "number") return { limit: value };
  return value === false ? undefined : value;
}
