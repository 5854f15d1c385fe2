/** Choices that are asked for: of a service, of workflows, of time zones. What is not among them can be written too. */
import { Autocomplete, Combobox, Loader, Text, TextInput, useCombobox } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, isProblem } from "@/api";
import type { Json } from "@/editor/contracts";
import { useForm } from "../context";
import { hintOf, inputOf, type WidgetProps } from "./props";

interface Choice {
  readonly value: Json;
  readonly label: string;
  readonly help: string;
}

/** Choices as the node's service gives them to the chosen credential. */
export function AskedWidget(props: WidgetProps<"asked">) {
  const form = useForm();
  const [search, setSearch] = useState("");
  const [open, setOpen] = useState(false);
  const [words] = useDebouncedValue(search, 200);
  const found = useQuery({
    queryKey: ["nodes", form.type, "options", props.path, form.params, form.credential, words],
    queryFn: async ({ signal }) => {
      const body = { param: props.path, params: { ...form.params }, credential: form.credential, search: words };
      return (await api.listNodeOptions({ path: { type: form.type }, body, signal })).data.items as Choice[];
    },
    enabled: open && !form.disabled,
    placeholderData: keepPreviousData,
    retry: false,
  });
  return (
    <Pick
      {...props}
      choices={found.data ?? []}
      loading={found.isFetching}
      problem={isProblem(found.error) ? found.error.message : null}
      search={setSearch}
      opened={setOpen}
    />
  );
}

export function WorkflowWidget(props: WidgetProps<"workflow">) {
  const [search, setSearch] = useState("");
  const [open, setOpen] = useState(false);
  const [words] = useDebouncedValue(search, 200);
  const found = useQuery({
    queryKey: ["workflows", "chosen", words],
    queryFn: async ({ signal }) => (await api.listWorkflows({ query: { q: words || undefined, limit: 20 }, signal })).data.items,
    enabled: open,
    placeholderData: keepPreviousData,
  });
  const choices = (found.data ?? []).map((one) => ({ value: one.key, label: one.name, help: one.key }));
  return <Pick {...props} choices={choices} loading={found.isFetching} problem={null} search={setSearch} opened={setOpen} />;
}

interface PickProps extends Omit<WidgetProps, "control"> {
  readonly choices: readonly Choice[];
  readonly loading: boolean;
  readonly problem: string | null;
  readonly search: (words: string) => void;
  readonly opened: (open: boolean) => void;
}

/** A text with choices below it. */
function Pick(props: PickProps) {
  const { t } = useTranslation("inspector");
  const { choices, loading, problem, value, change, put, field, express } = props;
  const [labels, setLabels] = useState<Record<string, string>>({});
  const box = useCombobox({
    onDropdownOpen: () => props.opened(true),
    onDropdownClose: () => {
      props.opened(false);
      box.resetSelectedOption();
    },
  });
  const shown = value === undefined || value === null ? "" : String(value);
  const known = labels[shown] ?? choices.find((one) => String(one.value) === shown)?.label;
  const submit = (key: string): void => {
    const one = choices[Number(key)];
    if (one === undefined) return;
    setLabels({ ...labels, [String(one.value)]: one.label });
    props.search("");
    put(one.value);
    box.closeDropdown();
  };
  return (
    <Combobox store={box} onOptionSubmit={submit}>
      <Combobox.Target>
        <TextInput
          {...inputOf(props)}
          value={shown}
          placeholder={hintOf(field)}
          autoComplete="off"
          rightSection={loading ? <Loader size={14} /> : <Combobox.Chevron />}
          onFocus={() => box.openDropdown()}
          onClick={() => box.openDropdown()}
          onChange={(event) => {
            const text = event.currentTarget.value;
            if (text.includes("{{")) return express(text);
            change(text === "" ? undefined : text);
            props.search(text);
            box.openDropdown();
          }}
        />
      </Combobox.Target>
      {known !== undefined && known !== shown && <Text size="xs" c="var(--studio-muted)" mt={3}>{known}</Text>}
      <Combobox.Dropdown>
        <Combobox.Options mah={260} style={{ overflowY: "auto" }}>
          {problem !== null && <Combobox.Empty>{problem}</Combobox.Empty>}
          {problem === null && choices.length === 0 && <Combobox.Empty>{loading ? t("asked.loading") : t("asked.none")}</Combobox.Empty>}
          {problem === null && choices.map((one, at) => (
            <Combobox.Option key={String(one.value)} value={String(at)} active={String(one.value) === shown}>
              <Text size="sm">{one.label}</Text>
              {(one.help || String(one.value) !== one.label) && <Text size="xs" c="var(--studio-muted)">{one.help || String(one.value)}</Text>}
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}

export function ZoneWidget(props: WidgetProps<"zone">) {
  const { value, change, put, field, express } = props;
  return (
    <Autocomplete
      {...inputOf(props)}
      data={ZONES}
      limit={40}
      value={typeof value === "string" ? value : ""}
      placeholder={hintOf(field)}
      onOptionSubmit={put}
      onChange={(text) => (text.includes("{{") ? express(text) : change(text === "" ? undefined : text))}
    />
  );
}

const ZONES = ["UTC", ...Intl.supportedValuesOf("timeZone").filter((one) => one !== "UTC")];
