/** The params of a node, its credential, and what its bodies give. */
import { Stack, Text } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import type { NodeDetail, ProblemOut } from "@/api";
import type { Json, LevelDocument, NodePath } from "@/editor/contracts";
import { isRecord, nodeAt, nodeKeys } from "@/editor/model/paths";
import { useEditor } from "@/editor/store";
import { Form } from "./context";
import { CredentialField } from "./CredentialField";
import { useData } from "./data/useData";
import type { Field } from "./form/field";
import { fieldOf } from "./form/model";
import { ParamsForm } from "./ParamsForm";
import { useNodeContext } from "./useNode";

interface Props {
  readonly node: NodePath;
  readonly detail: NodeDetail;
  readonly fields: readonly Field[];
  readonly data: ReturnType<typeof useData>;
}

const NONE: Record<string, Json> = {};

export function NodeParams({ node, detail, fields, data }: Props) {
  const document = useEditor((state) => nodeAt(state.document, node));
  const problems = useProblems(node);
  const wanted = useEditor((state) => (state.opened === node ? state.openedParam : null));
  const { form, carry } = useNodeContext(node, data);
  const params = document?.params ?? NONE;
  return (
    <Form.Provider value={form}>
      <Stack gap="md">
        {(detail.credentials.length > 0 || document?.credential !== undefined) && <CredentialField node={node} types={detail.credentials} problems={problems} />}
        <ParamsForm fields={fields} params={params} problems={problems} wanted={wanted} carry={(name, value) => carry([...nodeKeys(node), "params", name], params[name], value)} />
        {detail.kind === "trigger" && <TriggerInputs node={node} data={data} problems={problems} wanted={wanted} />}
      </Stack>
      {detail.bodies.map((body) => <Gives key={body} node={node} body={body} loops={detail.type === "flow.while"} problems={problems} />)}
    </Form.Provider>
  );
}

export function useProblems(node: NodePath): readonly ProblemOut[] {
  const problems = useEditor((state) => state.problems);
  return useMemo(() => problems.filter((one) => (one.node ?? "") === node), [problems, node]);
}

/** How the event becomes the inputs of the workflow: one field for each input. */
function TriggerInputs({ node, data, problems, wanted }: { node: NodePath; data: Props["data"]; problems: readonly ProblemOut[]; wanted: string | null }) {
  const { t } = useTranslation("inspector");
  const inputs = useEditor((state) => state.document.inputs);
  const given = useEditor((state) => nodeAt(state.document, node)?.["inputs"] as Json | undefined);
  const { carry } = useNodeContext(node, data);
  const field = useMemo<Field>(() => {
    const required = Object.entries(inputs ?? {}).filter(([, one]) => isRecord(one) && one["default"] === undefined).map(([name]) => name);
    const schema = { type: "object", properties: inputs ?? {}, required, description: t("trigger.inputs_help") };
    return { ...fieldOf("inputs", schema, { root: schema, labels: {}, depth: 0 }), label: t("trigger.inputs") };
  }, [inputs, t]);
  return <ParamsForm fields={[field]} params={given === undefined ? NONE : { inputs: given }} problems={problems} wanted={wanted} carry={(_name, value) => carry([...nodeKeys(node), "inputs"], given, value)} />;
}

/** What the graph inside a container gives; of a `while`, also the state of the next turn. */
function Gives({ node, body, loops, problems }: { node: NodePath; body: string; loops: boolean; problems: readonly ProblemOut[] }) {
  const { t } = useTranslation("inspector");
  const level = useEditor((state) => nodeAt(state.document, node)?.[body] as LevelDocument | undefined);
  const data = useData(`${node}.${body}`);
  const { form, carry } = useNodeContext(node, data, `${node}.${body}`);
  const names = loops ? (["next", "output"] as const) : (["output"] as const);
  const fields = names.map((name): Field => ({
    ...fieldOf(name, {}, { root: {}, labels: {}, depth: 0 }),
    label: name === "next" ? t("body.next") : t(`body.${body}`),
    help: name === "next" ? t("body.next_help") : t("body.output_help"),
    expression: true,
  }));
  const inside = problems.filter((one) => one.param?.startsWith(`${body}.`)).map((one) => ({ ...one, param: one.param?.slice(body.length + 1) ?? null }));
  return (
    <Form.Provider value={form}>
      <Text size="xs" fw={650} c="var(--studio-muted)" tt="none" mt="lg" mb={6}>{t("body.title")}</Text>
      <ParamsForm fields={fields} params={(level ?? NONE) as Record<string, Json>} problems={inside} wanted={null} known={names} carry={(name, value) => carry([...nodeKeys(node), body, name], level?.[name] as Json | undefined, value)} />
    </Form.Provider>
  );
}
