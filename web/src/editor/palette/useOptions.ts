import { useMemo } from "react";

import type { NodeOut } from "@/api";

import { given, wanted } from "../model/connect";
import { nodeAt } from "../model/paths";
import { useEditor } from "../store";
import type { Adding } from "../canvas/ui";
import { gives, searched, takes } from "./search";

/** So many at first; the rest comes as one goes down. */
export const FIRST = 24;

/** Node types for a place, best first: those that fit what is wired there, and fit the words. */
export function useOptions(words: string, where: Adding): { fitting: NodeOut[]; others: NodeOut[] } {
  const { catalogue, shapes, document } = useEditor();
  return useMemo(() => {
    const all = [...catalogue.values()];
    const world = { document, catalogue, shapes };
    const { from, to } = where;
    const carried = from === undefined ? [] : outputsOf(from);
    const fit = (node: NodeOut): number => {
      if (from !== undefined) return node.kind === "trigger" ? 0 : takes(shapes, node.type, carried);
      return to === undefined ? 0 : gives(shapes, node.type, wanted(world, to));
    };
    const found = searched(all, words, (node) => fit(node) * 2 + popular(node));
    if (from === undefined && to === undefined) return { fitting: found, others: [] };
    const fitting = found.filter((one) => fit(one) > 0);
    return { fitting, others: found.filter((one) => fit(one) === 0) };

    function outputsOf(end: NonNullable<Adding["from"]>) {
      if (end.port !== null) return [given(world, end)];
      const outputs = shapes.get(nodeAt(document, end.node)?.type ?? "")?.outputs.map((one) => one.kinds) ?? [];
      return outputs.length === 0 ? [["any" as const]] : outputs;
    }
  }, [words, where, catalogue, shapes, document]);
}

const OFTEN: Record<string, number> = { "list.filter": 1, "flow.map": 0.9, "list.map": 0.9, "flow.if": 0.8, "text.template": 0.7, "http.request": 0.7 };

/** What is wanted most goes first among what fits equally. */
function popular(node: NodeOut): number {
  return OFTEN[node.type] ?? 0;
}
