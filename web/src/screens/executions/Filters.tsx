import { Group, MultiSelect, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api } from "@/api";

import { SPANS, STATUSES, statusesOf, type Search } from "./search";

/** What the list is narrowed to; it stands in the address, so that it can be shared. */
export function Filters() {
  const { t } = useTranslation(["executions", "debugger"]);
  const navigate = useNavigate({ from: "/executions" });
  const search = useSearch({ from: "/inside/executions" });
  const change = (changed: Search): void => {
    const next = Object.fromEntries(Object.entries({ ...search, ...changed }).filter(([, value]) => value));
    void navigate({ search: next, replace: true });
  };
  const later = useDebouncedCallback(change, 300);
  return (
    <Group mb="md" gap="sm" align="flex-start">
      <MultiSelect
        aria-label={t("filter.status")}
        placeholder={search.status ? undefined : t("filter.status")}
        data={STATUSES.map((value) => ({ value, label: t(`debugger:state.${value}`) }))}
        value={statusesOf(search)}
        onChange={(chosen) => change({ status: chosen.join(",") })}
        clearable
        miw={200}
      />
      <WorkflowChoice value={search.workflow ?? null} onChange={(workflow) => change({ workflow })} />
      <Select
        aria-label={t("filter.since")}
        placeholder={t("filter.since")}
        data={Object.keys(SPANS).map((value) => ({ value, label: t(`span.${value}`) }))}
        value={search.since ?? null}
        onChange={(since) => change({ since: since ?? "" })}
        clearable
        w={170}
      />
      <TextInput
        aria-label={t("filter.tag")}
        placeholder={t("filter.tag")}
        defaultValue={search.tag ?? ""}
        onChange={(event) => later({ tag: event.currentTarget.value.trim() })}
        w={130}
      />
      <TextInput
        aria-label={t("filter.error")}
        placeholder={t("filter.error")}
        defaultValue={search.error ?? ""}
        onChange={(event) => later({ error: event.currentTarget.value.trim() })}
        w={170}
      />
    </Group>
  );
}

function WorkflowChoice({ value, onChange }: { value: string | null; onChange: (workflow: string) => void }) {
  const { t } = useTranslation("executions");
  const [wanted, setWanted] = useState("");
  const ask = useDebouncedCallback(setWanted, 250);
  const { data } = useQuery({
    queryKey: ["workflows", "choice", wanted],
    queryFn: async () => (await api.listWorkflows({ query: { limit: 30, ...(wanted === "" ? {} : { q: wanted }) } })).data.items,
    placeholderData: (before) => before,
  });
  const known = (data ?? []).map((one) => ({ value: one.id, label: one.name }));
  const chosen = useQuery({
    queryKey: ["workflow", value],
    queryFn: async () => (await api.showWorkflow({ path: { workflow: value ?? "" } })).data,
    enabled: value !== null && !known.some((one) => one.value === value),
  });
  const more = chosen.data === undefined || known.some((one) => one.value === value) ? [] : [{ value: chosen.data.id, label: chosen.data.name }];
  return (
    <Select
      aria-label={t("filter.workflow")}
      placeholder={t("filter.workflow")}
      data={[...more, ...known]}
      value={value}
      onChange={(workflow) => onChange(workflow ?? "")}
      onSearchChange={ask}
      searchable
      clearable
      filter={({ options }) => options}
      miw={190}
    />
  );
}
