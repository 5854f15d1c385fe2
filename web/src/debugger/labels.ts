/** What stands on an edge: how many items or how much went over it. */
import i18next from "i18next";

import type { EdgeWatch } from "@/editor/contracts";
import { localeOf } from "@/i18n";
import { formatFor } from "@/i18n/format";

import type { Flow, Folded } from "./fold";

const written = new WeakMap<Flow, { language: string; watch: EdgeWatch }>();

/** Edges with their labels; what did not change stays the same object. */
export function labelled(folded: Folded): ReadonlyMap<string, EdgeWatch> {
  const { language } = i18next;
  const found = new Map<string, EdgeWatch>();
  for (const [id, flow] of folded.edges) {
    let known = written.get(flow);
    if (known?.language !== language) {
      known = { language, watch: { passed: flow.passed, label: labelOf(flow, language) } };
      written.set(flow, known);
    }
    found.set(id, known.watch);
  }
  return found;
}

function labelOf(flow: Flow, language: string): string {
  const format = formatFor(localeOf(language));
  if (flow.passed > 1) return i18next.t("debugger:edge.times", { count: flow.passed, shown: format.number(flow.passed) });
  if (flow.items !== null) return i18next.t("debugger:edge.items", { count: flow.items, shown: format.number(flow.items) });
  return flow.bytes > 0 ? format.bytes(flow.bytes) : "";
}
