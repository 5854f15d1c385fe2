import { Button, Group, JsonInput, Modal, NumberInput, PasswordInput, Select, Stack, Switch, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Json } from "@/editor/contracts";

import { begun, read, type Input, type Written } from "./inputs";

interface Props {
  readonly opened: boolean;
  readonly inputs: readonly Input[];
  readonly last: Record<string, Json>;
  readonly onClose: () => void;
  readonly onRun: (values: Record<string, Json>) => void;
}

/** What the workflow is to work on. */
export function InputsDialog({ opened, onClose, ...rest }: Props) {
  const { t } = useTranslation("debugger");
  return (
    <Modal opened={opened} onClose={onClose} title={t("inputs.title")} centered size="lg">
      <Form {...rest} onClose={onClose} />
    </Modal>
  );
}

function Form({ inputs, last, onClose, onRun }: Omit<Props, "opened">) {
  const { t } = useTranslation("debugger");
  const [written, setWritten] = useState<Written>(() => begun(inputs, last));
  const [tried, setTried] = useState(false);
  const { values, wrong } = read(inputs, written);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (wrong.size === 0) onRun(values);
      }}
    >
      <Stack gap="md">
        {inputs.map((one, at) => {
          const problem = wrong.get(one.name);
          return (
            <Control
              key={one.name}
              input={one}
              first={at === 0}
              value={written[one.name] ?? ""}
              error={tried && problem !== undefined ? t(`inputs.${problem}`) : undefined}
              onChange={(value) => setWritten({ ...written, [one.name]: value })}
            />
          );
        })}
      </Stack>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>{t("inputs.cancel")}</Button>
        <Button type="submit">{t("run.run")}</Button>
      </Group>
    </form>
  );
}

interface ControlProps {
  readonly input: Input;
  readonly first: boolean;
  readonly value: string | number | boolean;
  readonly error: string | undefined;
  readonly onChange: (value: string | number | boolean) => void;
}

function Control({ input, first, value, error, onChange }: ControlProps) {
  const same = {
    name: input.name, label: input.title, description: input.description || undefined, error,
    ...(first ? { "data-autofocus": true } : {}),
  };
  switch (input.control) {
    case "switch":
      return <Switch {...same} checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />;
    case "number":
      return <NumberInput {...same} value={typeof value === "boolean" ? "" : value} allowDecimal={!input.whole} onChange={onChange} />;
    case "choice":
      return <Select {...same} data={[...input.choices]} value={String(value) || null} onChange={(chosen) => onChange(chosen ?? "")} allowDeselect={!input.required} />;
    case "secret":
      return <PasswordInput {...same} autoComplete="off" value={String(value)} onChange={(event) => onChange(event.currentTarget.value)} />;
    case "json":
      return <JsonInput {...same} value={String(value)} onChange={onChange} rows={6} formatOnBlur />;
    default:
      return <TextInput {...same} value={String(value)} onChange={(event) => onChange(event.currentTarget.value)} dir="auto" />;
  }
}
