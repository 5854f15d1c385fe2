/** What the server knows about an expression: its value, the names in scope, the library of functions. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { api, type FunctionOut, type NameOut } from "@/api";
import type { Name } from "./complete";
import { ANY, joined, shapeOfSchema, type Shape } from "./shape";

/** Where an expression stands. */
export interface Where {
  readonly workflow: string;
  /** Path of the node; of a level for its output. */
  readonly node: string;
  readonly param: string;
  /** Whose outputs are looked at. */
  readonly execution: string;
}

const NONE: readonly never[] = [];

export function scopeQuery(where: Where, stamp: unknown = null) {
  return queryOptions({
    queryKey: ["expressions", "scope", where.workflow, where.node, where.param, where.execution, stamp],
    queryFn: async ({ signal }) => (await api.showScope({ body: { ...where }, signal })).data,
    enabled: where.workflow !== "",
    staleTime: 10_000,
    placeholderData: (before) => before,
  });
}

/** Names in scope, with what is known of their data. `stamp` changes when that may have changed. */
export function useScope(where: Where, stamp: unknown = null): { names: readonly Name[]; items: readonly NameOut[]; execution: string | null } {
  const { data } = useQuery(scopeQuery(where, stamp));
  const names = useMemo(() => data?.items.map(nameOf) ?? NONE, [data]);
  return { names, items: data?.items ?? NONE, execution: data?.execution ?? null };
}

function nameOf(one: NameOut): Name {
  return { name: one.name, kind: one.kind, title: one.title, optional: one.optional, shape: knownOf(one) };
}

/** What is known beforehand and what was seen, together: what was seen says more where nothing is declared. */
export function knownOf(one: Pick<NameOut, "shape" | "observed">): Shape {
  const declared = shapeOfSchema(one.shape);
  return one.observed === null ? declared : together(declared, shapeOfSchema(one.observed));
}

function together(declared: Shape, seen: Shape): Shape {
  if (declared.kind === "any" || declared.kind !== seen.kind) return declared.kind === "any" ? seen : joined(declared, ANY);
  if (declared.kind === "list") return { ...declared, item: together(declared.item ?? ANY, seen.item ?? ANY) };
  if (declared.kind !== "object") return declared;
  const keys: Record<string, Shape> = { ...declared.keys };
  for (const [key, shape] of Object.entries(seen.keys ?? {})) keys[key] = together(keys[key] ?? ANY, shape);
  return { ...declared, keys };
}

/** The library, in the language that is spoken. */
export function useFunctions(): readonly FunctionOut[] {
  const { i18n } = useTranslation();
  const { data } = useQuery({
    queryKey: ["expressions", "functions", i18n.language],
    queryFn: async ({ signal }) => (await api.listFunctions({ signal })).data.items,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data ?? NONE;
}
