/** The inspector of a node: what comes in, its params, what goes out. */
import { Alert, Loader, Tabs, Text } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useEffect, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { NodePath } from "@/editor/contracts";
import { nodeAt } from "@/editor/model/paths";
import { useEditor } from "@/editor/store";
import { InputPanel } from "./data/InputPanel";
import { OutputPanel } from "./data/OutputPanel";
import { useData } from "./data/useData";
import { Head } from "./Head";
import classes from "./Inspector.module.css";
import { NodeParams } from "./NodeParams";
import { Panels } from "./Panels";
import { NodeSettings } from "./settings/NodeSettings";
import { useNodeForm, useNodeType } from "./useNodeType";
import { WorkflowInspector } from "./workflow/WorkflowInspector";

/** Narrower than this, panels become tabs. */
const WIDE = 820;
const NONE = {};

/** What is opened in the editor; the workflow's own settings where `node` is "". */
export function Inspector({ node }: { node: NodePath }) {
  const found = useEditor((state) => (node === "" ? undefined : nodeAt(state.document, node)));
  const { t } = useTranslation("inspector");
  if (node === "") return <WorkflowInspector />;
  if (found === undefined) return <Text p="md" size="sm" c="var(--studio-muted)">{t("gone")}</Text>;
  // Another node, another form: what was written in the one before is carried out.
  return <NodeInspector key={`${node} ${found.type}`} node={node} />;
}

function NodeInspector({ node }: { node: NodePath }) {
  const { t } = useTranslation("inspector");
  const { ref, width } = useElementSize();
  const document = useEditor((state) => nodeAt(state.document, node));
  const { detail, error } = useNodeType(document?.type ?? "");
  const params = document?.params ?? NONE;
  const form = useNodeForm(detail, params);
  const data = useData(node);
  const [tab, setTab] = useState<string | null>("params");
  const [side, setSide] = useState<string | null>("params");
  useEffect(() => {
    // Loaded before it is needed, so that no letter is lost where somebody goes over to an expression while writing.
    void import("@/expressions/ExpressionEditor");
  }, []);
  if (document === undefined) return null;

  const trigger = detail?.kind === "trigger";
  const main = (
    <>
      {detail === undefined && error === null && <Loader size="sm" m="auto" mt="xl" />}
      {error !== null && <Alert color="orange" m="md" variant="light">{error instanceof Error ? error.message : String(error)}</Alert>}
      {detail !== undefined && (detail.missing ?? []).length > 0 && <Alert color="orange" m="md" mb={0} variant="light">{t("missing", { names: (detail.missing ?? []).join(", ") })} <code>{detail.install}</code></Alert>}
      {detail !== undefined && <NodeParams node={node} detail={detail} fields={form.fields} data={data} />}
    </>
  );
  const settings = <NodeSettings node={node} detail={detail} data={data} />;
  const middle: Record<string, ReactNode> = { params: main, settings };
  const input = <InputPanel node={node} data={data} />;
  const output = <OutputPanel node={node} data={data} schema={form.output} runnable={!trigger} />;
  const wide = width >= WIDE;
  const names = (wide ? ["params", "settings"] : ["input", "params", "output", "settings"]).filter((one) => one !== "input" || !trigger);
  const current = wide ? (tab ?? "params") : (side ?? "params");
  return (
    <section ref={ref} data-testid="inspector" className={classes.root} aria-label={t("label", { name: document.title ?? node })}>
      <Head node={node} detail={detail} />
      <Tabs value={current} onChange={(next) => (wide ? setTab(next) : setSide(next))} variant="default" keepMounted={false}>
        <Tabs.List px={8}>
          {names.map((name) => <Tabs.Tab key={name} value={name} py={8}>{t(`panel.${name}`)}</Tabs.Tab>)}
        </Tabs.List>
      </Tabs>
      {wide ? (
        <Panels parts={[trigger ? null : input, <div key="middle" className={classes.scroll}>{middle[current]}</div>, output]} />
      ) : (
        <div className={classes.panel}>
          {current === "input" && input}
          {current === "output" && output}
          {(current === "params" || current === "settings") && <div className={classes.scroll}>{middle[current]}</div>}
        </div>
      )}
    </section>
  );
}
