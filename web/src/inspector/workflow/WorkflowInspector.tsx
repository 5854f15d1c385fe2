/** The workflow itself: what it accepts, what it gives, and how it runs. */
import { ScrollArea, Stack, TagsInput, Text, Textarea, TextInput } from "@mantine/core";
import { IconSchema } from "@tabler/icons-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import type { ProblemOut } from "@/api";
import type { Json } from "@/editor/contracts";
import { useEditor } from "@/editor/store";
import { Form } from "../context";
import { useData } from "../data/useData";
import { changes } from "../edit";
import type { Field } from "../form/field";
import { fieldOf } from "../form/model";
import classes from "../Inspector.module.css";
import { ParamsForm } from "../ParamsForm";
import { spelledOut, workflowSections } from "../settings/fields";
import { Part } from "../Part";
import { useNodeContext } from "../useNode";
import { useVisit } from "../useVisit";
import { Inner } from "../widgets/inner";
import { Widget } from "../widgets/Widget";
import { InputsEditor } from "./InputsEditor";

const NONE: Record<string, Json> = {};
const NO_NAMES: readonly string[] = [];
const INNER = { Part, Widget };

export function WorkflowInspector() {
  const { t } = useTranslation("inspector");
  const data = useData("");
  const { form, carry } = useNodeContext("", data);
  const settings = useEditor((state) => state.document.settings) ?? NONE;
  const problems = useOwnProblems();
  const sections = useMemo(() => workflowSections((name) => t(`workflow.${name}`)), [t]);
  return (
    <section data-testid="inspector" className={classes.root} aria-label={t("workflow.title")}>
      <header className={classes.head}>
        <span className={classes.icon}><IconSchema size={18} /></span>
        <Text fw={650} className={classes.grow ?? ""}>{t("workflow.title")}</Text>
      </header>
      <ScrollArea className={classes.grow ?? ""} p="md" pt={4}>
        <Form.Provider value={form}>
          <Inner.Provider value={INNER}>
            <Stack gap="xl">
              <About />
              <Section title={t("workflow.inputs")}><InputsEditor /></Section>
              <Section title={t("workflow.output")}><Output carry={carry} problems={problems} /></Section>
              {sections.map(({ name, fields }) => (
                <Section key={name} title={t(`section.${name}`)}>
                  <ParamsForm
                    fields={fields}
                    params={shown(fields, settings)}
                    problems={problems.filter((one) => one.param?.startsWith("settings.")).map((one) => ({ ...one, param: one.param?.slice("settings.".length) ?? null }))}
                    wanted={null}
                    known={NO_NAMES}
                    carry={(key, value) => carry(["settings", key], settings[key], value)}
                  />
                </Section>
              ))}
            </Stack>
          </Inner.Provider>
        </Form.Provider>
      </ScrollArea>
    </section>
  );
}

function Section({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section aria-label={title}>
      <Text size="xs" fw={650} c="var(--studio-muted)" mb="sm">{title}</Text>
      {children}
    </section>
  );
}

function shown(fields: readonly Field[], settings: Record<string, Json>): Record<string, Json> {
  return Object.fromEntries(fields.flatMap((field) => {
    const value = spelledOut(field.name, settings[field.name]);
    return value === undefined ? [] : [[field.name, value] as const];
  }));
}

/** What was found in the workflow itself, in none of its nodes. */
function useOwnProblems(): readonly ProblemOut[] {
  const problems = useEditor((state) => state.problems);
  return useMemo(() => problems.filter((one) => (one.node ?? "") === ""), [problems]);
}

/** Description and tags. */
function About() {
  const { t } = useTranslation("inspector");
  const description = useEditor((state) => state.document["description"]) as Json | undefined;
  const tags = useEditor((state) => state.document.settings?.["tags"]);
  const name = useEditor((state) => state.document.name);
  const readOnly = useEditor((state) => state.readOnly);
  const apply = useEditor((state) => state.apply);
  const called = useVisit(name, (next) => typeof next === "string" && next.trim() !== "" && apply(changes(["name"], name, next.trim())));
  const text = useVisit(description, (next) => apply(changes(["description"], description, next === "" ? undefined : next)));
  const list = Array.isArray(tags) ? tags.map(String) : [];
  return (
    <Stack gap="sm">
      <TextInput label={t("workflow.name")} value={String(called.value ?? "")} maxLength={200} disabled={readOnly} onChange={(event) => called.change(event.currentTarget.value)} onBlur={called.leave} />
      <Textarea label={t("workflow.description")} autosize minRows={2} maxRows={8} value={typeof text.value === "string" ? text.value : ""} disabled={readOnly} onChange={(event) => text.change(event.currentTarget.value)} onBlur={text.leave} />
      <TagsInput label={t("workflow.tags")} description={t("workflow.tags_help")} value={list} disabled={readOnly} onChange={(next) => apply(changes(["settings", "tags"], tags, next.length === 0 ? undefined : next))} />
    </Stack>
  );
}

function Output({ carry, problems }: { carry: ReturnType<typeof useNodeContext>["carry"]; problems: readonly ProblemOut[] }) {
  const { t } = useTranslation("inspector");
  const output = useEditor((state) => state.document.output);
  const field = useMemo<Field>(() => ({ ...fieldOf("output", {}, { root: {}, labels: {}, depth: 0 }), label: t("workflow.output"), help: t("workflow.output_help"), expression: true }), [t]);
  return <ParamsForm fields={[field]} params={output === undefined ? NONE : { output }} problems={problems} wanted={null} known={NO_NAMES} carry={(_name, value) => carry(["output"], output, value)} />;
}
