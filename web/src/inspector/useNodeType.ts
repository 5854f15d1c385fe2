/** The form of a node type, as it is with what is filled in. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDebouncedValue } from "@mantine/hooks";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { api, type NodeDetail } from "@/api";
import type { Json } from "@/editor/contracts";
import { hasExpression } from "@/expressions/template";
import type { Field } from "./form/field";
import { formOf } from "./form/model";

export function useNodeType(type: string): { detail: NodeDetail | undefined; error: unknown } {
  const { i18n } = useTranslation();
  const { data, error } = useQuery({
    queryKey: ["nodes", type, i18n.language],
    queryFn: async ({ signal }) => (await api.showNode({ path: { type }, signal })).data,
    staleTime: 300_000,
    enabled: type !== "",
  });
  return { detail: data, error };
}

/** The params of a node and its output; asked for anew where they depend on what is filled in. */
export function useNodeForm(detail: NodeDetail | undefined, params: Readonly<Record<string, Json>>): { fields: readonly Field[]; output: unknown } {
  const literal = JSON.stringify(Object.fromEntries(Object.entries(params).filter(([, one]) => !hasExpression(one))));
  const [settled] = useDebouncedValue(literal, 400);
  const depends = detail !== undefined && JSON.stringify(detail.params).includes('"x-depends-on"');
  const form = useQuery({
    queryKey: ["nodes", detail?.type, "form", settled],
    queryFn: async ({ signal }) => {
      const body = { params: JSON.parse(settled) as Record<string, Json> };
      return (await api.showNodeForm({ path: { type: detail?.type ?? "" }, body, signal })).data;
    },
    enabled: depends,
    staleTime: 60_000,
    placeholderData: keepPreviousData,
    retry: false,
  });
  const schema = form.data?.params ?? detail?.params;
  const fields = useMemo(() => (schema === undefined || detail === undefined ? [] : formOf(schema, detail.labels)), [schema, detail]);
  return { fields, output: form.data?.output ?? detail?.output };
}
