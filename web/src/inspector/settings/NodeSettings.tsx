/** How a node runs: when, how often, what happens where it fails. */
import { Stack, Text } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import type { NodeDetail } from "@/api";
import type { Json, NodePath } from "@/editor/contracts";
import { nodeAt, nodeKeys } from "@/editor/model/paths";
import { useEditor } from "@/editor/store";
import { Form } from "../context";
import type { useData } from "../data/useData";
import { useProblems } from "../NodeParams";
import { ParamsForm } from "../ParamsForm";
import { useNodeContext } from "../useNode";
import { nodeSections, spelledOut } from "./fields";

interface Props {
  readonly node: NodePath;
  readonly detail: NodeDetail | undefined;
  readonly data: ReturnType<typeof useData>;
}

export function NodeSettings({ node, detail, data }: Props) {
  const { t } = useTranslation("inspector");
  const document = useEditor((state) => nodeAt(state.document, node));
  const problems = useProblems(node);
  const { form, carry } = useNodeContext(node, data);
  const kind = detail?.kind === "trigger" || detail?.kind === "control" ? detail.kind : "node";
  const sections = useMemo(() => nodeSections(kind, detail?.effect === "pure", (name) => t(`node.${name}`)), [kind, detail?.effect, t]);
  if (document === undefined) return null;
  const own = new Map(problems.map((one) => [one.param ?? "", one]));
  return (
    <Form.Provider value={form}>
      <Stack gap="xl">
        {sections.map(({ name, fields }) => {
          const given: Record<string, Json> = {};
          for (const field of fields) {
            const value = spelledOut(field.name, document[field.name] as Json | undefined);
            if (value !== undefined) given[field.name] = value;
          }
          return (
            <section key={name} aria-label={t(`section.${name}`)}>
              <Text size="xs" fw={650} c="var(--studio-muted)" mb="sm">{t(`section.${name}`)}</Text>
              <ParamsForm fields={fields} params={given} problems={[...own.values()]} wanted={null} known={NO_NAMES} carry={(key, value) => carry([...nodeKeys(node), key], document[key] as Json | undefined, value)} />
            </section>
          );
        })}
      </Stack>
    </Form.Provider>
  );
}

const NO_NAMES: readonly string[] = [];
