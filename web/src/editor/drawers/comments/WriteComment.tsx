import { Button, Combobox, Group, Stack, Textarea, useCombobox } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";

import { api, everyPage } from "@/api";
import { useCan } from "@/app/session";
import { ProblemNote } from "@/shared/ProblemNote";
import { asTyped, begun, chosen, withIds, type Mentioned } from "./mentions";

interface Props {
  label: string;
  submit: string;
  first?: string;
  busy: boolean;
  error: unknown;
  /** `done` empties the field; what was typed stays where sending fails. */
  onSend: (text: string, done: () => void) => void;
  onCancel?: () => void;
}

/** A field for a comment. `@` offers members to mention. */
export function WriteComment({ label, submit, first = "", busy, error, onSend, onCancel }: Props) {
  const { t } = useTranslation("comments");
  const can = useCan();
  const field = useRef<HTMLTextAreaElement>(null);
  const [looked, setLooked] = useState<string | null>(null);
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const members = useQuery({
    queryKey: ["members", "all"],
    queryFn: () => everyPage((cursor) => api.listMembers({ query: { limit: 200, ...(cursor ? { cursor } : {}) } })),
    enabled: can("member.view"),
  });
  const people: Mentioned[] = (members.data ?? []).filter((one) => one.kind === "person").map((one) => ({ id: one.id, name: one.name }));
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? asTyped(first, people);
  const fitting = looked === null ? [] : people.filter((one) => one.name.toLocaleLowerCase().includes(looked)).slice(0, 8);

  const type = (value: string, caret: number): void => {
    setTyped(value);
    const found = begun(value, caret);
    setLooked(found);
    if (found === null) combobox.closeDropdown();
    else combobox.openDropdown();
  };
  const choose = (id: string): void => {
    const who = people.find((one) => one.id === id);
    const caret = field.current?.selectionStart ?? text.length;
    if (who !== undefined) setTyped(chosen(text, caret, who.name));
    setLooked(null);
    combobox.closeDropdown();
    field.current?.focus();
  };
  const send = (): void => {
    const said = withIds(text, people).trim();
    if (said !== "") onSend(said, () => setTyped(""));
  };
  const press = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      send();
    } else if (event.key === "Enter" && looked !== null && fitting.length > 0 && combobox.getSelectedOptionIndex() < 0) {
      event.preventDefault();
      choose(fitting[0]?.id ?? "");
    }
  };
  return (
    <Stack gap={6}>
      <Combobox store={combobox} onOptionSubmit={choose} withinPortal>
        <Combobox.EventsTarget>
          <Textarea
            ref={field}
            label={label}
            placeholder={t("write.hint")}
            value={text}
            onChange={(event) => type(event.currentTarget.value, event.currentTarget.selectionStart)}
            onKeyDown={press}
            autosize
            minRows={2}
            maxRows={8}
            maxLength={10_000}
            dir="auto"
          />
        </Combobox.EventsTarget>
        <Combobox.Dropdown hidden={fitting.length === 0}>
          <Combobox.Options>
            {fitting.map((one) => (
              <Combobox.Option key={one.id} value={one.id}>
                <bdi>{one.name}</bdi>
              </Combobox.Option>
            ))}
          </Combobox.Options>
        </Combobox.Dropdown>
      </Combobox>
      <ProblemNote error={error} />
      <Group justify="flex-end" gap="xs">
        {onCancel !== undefined && (
          <Button size="xs" variant="default" onClick={onCancel}>
            {t("common:cancel")}
          </Button>
        )}
        <Button size="xs" onClick={send} loading={busy} disabled={text.trim() === ""}>
          {submit}
        </Button>
      </Group>
    </Stack>
  );
}
