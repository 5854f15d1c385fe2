/** Code, and values written as JSON. The editor is loaded when it is first needed. */
import { Skeleton, Text } from "@mantine/core";
import type { Extension } from "@codemirror/state";
import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Json } from "@/editor/contracts";
import { useForm, whereOf } from "../context";
import type { CodeLanguage } from "../form/field";
import { same } from "../form/layout";
import { kindOfValue, parsed } from "./kinds";
import { hintOf, type WidgetProps } from "./props";

const Expression = lazy(() => import("@/expressions/ExpressionEditor"));
const Code = lazy(async () => ({ default: (await import("@/expressions/code")).CodeEditor }));

export function CodeWidget(props: WidgetProps<"code">) {
  const form = useForm();
  const { control, value, change, field } = props;
  if (control.json) return <JsonText {...props} kind={null} />;
  return (
    <Suspense fallback={<Skeleton height={96} />}>
      <Expression
        {...props}
        value={typeof value === "string" ? value : ""}
        change={(text) => change(text === "" && !field.required ? undefined : text)}
        where={whereOf(form, props.path)}
        stamp={form.stamp}
        run={form.run}
        language={control.language}
        hint={hintOf(field)}
        lines
        rows={4}
      />
    </Suspense>
  );
}

/** A value as JSON text; what is no JSON yet, or no value of the kind that is wanted, stays here. */
export function JsonText(props: Omit<WidgetProps, "control"> & { kind: "list" | "object" | null }) {
  const { t } = useTranslation("inspector");
  const { value, change, kind, label, id, describedBy, disabled, field } = props;
  const [text, setText] = useState(() => written(value));
  const extensions = useLanguage("json");
  const read = parsed(text);
  const wrong = text.trim() !== "" && (read === undefined || (kind !== null && kindOfValue(read) !== kind));
  useEffect(() => {
    setText((before) => (before.trim() !== "" && same(parsed(before), value) ? before : written(value)));
    // oxlint-disable-next-line react/exhaustive-deps -- the value, not the object that holds it
  }, [JSON.stringify(value)]);
  const take = (next: string): void => {
    setText(next);
    const made: Json | undefined = parsed(next);
    if (next.trim() === "") change(undefined);
    else if (made !== undefined && (kind === null || kindOfValue(made) === kind)) change(made);
  };
  return (
    <Suspense fallback={<Skeleton height={72} />}>
      <Code id={id} label={label} describedBy={describedBy} disabled={disabled} value={text} change={take} extensions={extensions} invalid={wrong || props.invalid} hint={hintOf(field)} lines rows={3} />
      {wrong && <Text size="xs" c="var(--studio-bad)" mt={4}>{kind === null ? t("check.json") : t(`check.json_${kind}`)}</Text>}
    </Suspense>
  );
}

function written(value: Json | undefined): string {
  return value === undefined ? "" : JSON.stringify(value, null, 2);
}

function useLanguage(language: CodeLanguage): Extension {
  const [found, setFound] = useState<Extension>(NONE);
  useEffect(() => {
    let gone = false;
    void import("@/expressions/languages").then(async ({ languageOf }) => {
      const extension = await languageOf(language);
      if (!gone) setFound(extension);
    });
    return () => {
      gone = true;
    };
  }, [language]);
  return found;
}

const NONE: Extension = [];
