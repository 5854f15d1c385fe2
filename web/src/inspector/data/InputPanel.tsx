/** The data that a node can read: outputs of the nodes before it, inputs, and the other names in scope. */
import { Badge, Button, Select, Text } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { NameOut } from "@/api";
import { useRun } from "@/debugger";
import type { NodePath } from "@/editor/contracts";
import { edgesOf } from "@/editor/model/edges";
import { idOf, levelAt, levelOf, nodeAt } from "@/editor/model/paths";
import { useEditor } from "@/editor/store";
import { knownOf } from "@/expressions/server";
import { shapeOf, type Shape } from "@/expressions/shape";
import { ValueView } from "@/values";
import classes from "../Inspector.module.css";
import { usePicking } from "../picking";
import { ShapeTree } from "./ShapeTree";
import { useAddress, type useData } from "./useData";

interface Props {
  readonly node: NodePath;
  readonly data: ReturnType<typeof useData>;
}

const OTHER = "*";

export function InputPanel({ node, data }: Props) {
  const { t } = useTranslation("inspector");
  const document = useEditor((state) => state.document);
  const [chosen, setChosen] = useState<string | null>(null);
  const nodes = data.scope.filter((one) => one.kind === "node" && one.node !== null).toReversed();
  const inputs = data.scope.find((one) => one.kind === "inputs");
  const others = data.scope.filter((one) => one.kind !== "node" && one.kind !== "inputs");
  const titled = (one: NameOut): string => nodeAt(document, one.node ?? "")?.title ?? one.name;
  const options = [
    ...nodes.map((one) => ({ value: one.name, label: titled(one) === one.name ? one.name : `${titled(one)} (${one.name})` })),
    ...(inputs === undefined ? [] : [{ value: inputs.name, label: t("data.inputs") }]),
    { value: OTHER, label: t("data.other") },
  ];
  const first = useFirst(node, nodes, inputs !== undefined);
  const at = options.some((one) => one.value === chosen) ? chosen : (first ?? options[0]?.value ?? OTHER);
  const name = data.scope.find((one) => one.name === at);
  return (
    <>
      <div className={classes.panelHead}>
        <Text inherit>{t("panel.input")}</Text>
        <Select size="xs" className={classes.grow ?? ""} aria-label={t("data.of")} data={options} value={at} onChange={setChosen} allowDeselect={false} searchable={options.length > 8} comboboxProps={{ withinPortal: true }} />
      </div>
      <div className={classes.data}>
        {at === OTHER || name === undefined ? (
          <ShapeTree label={t("data.other")} entries={others.map((one) => [[one.name], knownOf(one)] as const)} pick={data.pick} />
        ) : (
          <Source key={name.name} name={name} data={data} />
        )}
        <Into />
      </div>
    </>
  );
}

/** Where one most likely wants to read from: what the params read already, what is wired to the node, the inputs. */
function useFirst(node: NodePath, nodes: readonly NameOut[], inputs: boolean): string | undefined {
  const params = useEditor((state) => JSON.stringify(nodeAt(state.document, node)?.params ?? {}));
  const level = useEditor((state) => levelAt(state.document, levelOf(node)));
  const wired = new Set(edgesOf(level).filter(({ edge }) => edge.target === idOf(node)).map(({ edge }) => edge.source));
  const read = nodes.find((one) => new RegExp(`\\b${one.name}\\b`).test(params)) ?? nodes.find((one) => wired.has(one.name));
  return read?.name ?? (inputs ? "inputs" : nodes[0]?.name);
}

function Source({ name, data }: { name: NameOut; data: Props["data"] }) {
  const { t } = useTranslation("inspector");
  const path = name.kind === "inputs" ? "$inputs" : (name.node ?? name.name);
  const pinned = useRun((state) => (name.node === null ? undefined : state.pinned.get(name.node)));
  const address = useAddress(path, data.found);
  const pick = (place: string[]): void => data.pick([name.name, ...place]);
  if (pinned !== undefined) {
    return (
      <>
        <Badge size="xs" variant="light" m={8} mb={0}>{t("data.pinned")}</Badge>
        <ShapeTree label={name.name} entries={entriesOf(name.name, shapeOf(pinned))} pick={data.pick} />
      </>
    );
  }
  if (name.observed === null || address === null) return <NoData name={name} data={data} />;
  return <ValueView address={address} onPick={pick} stamp={data.run} />;
}

function entriesOf(name: string, shape: Shape): (readonly [string[], Shape])[] {
  const keys = Object.entries(shape.keys ?? {});
  return keys.length === 0 ? [[[name], shape]] : keys.map(([key, inner]) => [[name, key], inner]);
}

function NoData({ name, data }: { name: NameOut; data: Props["data"] }) {
  const { t } = useTranslation("inspector");
  const start = useRun((state) => state.start);
  const { node } = name;
  const readOnly = useEditor((state) => state.readOnly);
  return (
    <>
      <Text size="xs" c="var(--studio-muted)" p={12} pb={4}>{t("data.none")}</Text>
      {node !== null && !readOnly && (
        <Button size="compact-sm" variant="light" mx={12} mb={4} leftSection={<IconPlayerPlay size={13} />} onClick={() => void useEditor.getState().flush().then(() => start({ kind: "until", node }))}>
          {t("data.run")}
        </Button>
      )}
      <ShapeTree label={name.name} entries={entriesOf(name.name, knownOf(name))} pick={data.pick} />
    </>
  );
}

/** Where what is picked goes. */
function Into() {
  const { t } = useTranslation("inspector");
  const taker = usePicking((state) => state.taker);
  return (
    <Text size="xs" c="var(--studio-muted)" px={12} py={6} aria-live="polite">
      {taker === null ? t("data.how") : t("data.into", { label: taker.label })}
    </Text>
  );
}
