/** What a node gave in the execution that is looked at, or how it failed, with the params as they came out. */
import { Anchor, Button, SegmentedControl, Text, Tooltip } from "@mantine/core";
import { IconPinned, IconPinnedOff, IconPlayerPlay } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { StateBadge, useRun } from "@/debugger";
import type { NodePath } from "@/editor/contracts";
import { useEditor } from "@/editor/store";
import { useFormat } from "@/i18n/format";
import { shapeOfSchema } from "@/expressions/shape";
import { tellProblem } from "@/shared/told";
import { ValueView } from "@/values";
import classes from "../Inspector.module.css";
import { ShapeTree } from "./ShapeTree";
import { useAddress, type useData } from "./useData";
import { useRan } from "./useRan";

interface Props {
  readonly node: NodePath;
  readonly data: ReturnType<typeof useData>;
  readonly schema: unknown;
  readonly runnable: boolean;
}

export function OutputPanel({ node, data, schema, runnable }: Props) {
  const { t } = useTranslation("inspector");
  const watch = useRun((state) => state.nodes.get(node));
  const readOnly = useEditor((state) => state.readOnly);
  const start = useRun((state) => state.start);
  const [part, setPart] = useState<"output" | "input">("output");
  const failed = watch?.state === "failed";
  const shown = failed && part === "output" ? "failure" : part;
  return (
    <>
      <div className={classes.panelHead}>
        <Text inherit>{t("panel.output")}</Text>
        {watch !== undefined && <StateBadge state={watch.state} />}
        <span className={classes.grow} />
        {watch !== undefined && (
          <SegmentedControl size="xs" data={[{ value: "output", label: failed ? t("data.error") : t("data.result") }, { value: "input", label: t("data.resolved") }]} value={part} onChange={(next) => setPart(next as "output" | "input")} />
        )}
        {runnable && !readOnly && (
          <Tooltip label={t("data.run_node")}>
            <Button size="compact-sm" variant="light" aria-label={t("data.run_node")} onClick={() => void useEditor.getState().flush().then(() => start({ kind: "node", node })).catch(tellProblem)}>
              <IconPlayerPlay size={14} />
            </Button>
          </Tooltip>
        )}
      </div>
      <div className={classes.data}>
        {shown === "failure" && <Failure node={node} />}
        <Shown node={node} data={data} schema={schema} part={shown === "failure" ? "input" : shown} />
      </div>
    </>
  );
}

function Failure({ node }: { node: NodePath }) {
  const { t } = useTranslation("inspector");
  const error = useRun((state) => state.nodes.get(node)?.error);
  const open = useEditor((state) => state.open);
  if (error === undefined) return null;
  const { param } = error;
  return (
    <div className={classes.failure} role="alert">
      <div>{error.message}</div>
      <Text size="xs" mt={4} c="inherit">
        <code>{error.code}</code>{" "}
        {param != null && param !== "" && <Anchor component="button" type="button" size="xs" onClick={() => open(node, param)}>{t("data.to_param", { param })}</Anchor>}
      </Text>
    </div>
  );
}

function Shown({ node, data, schema, part }: { node: NodePath; data: Props["data"]; schema: unknown; part: "input" | "output" }) {
  const { t } = useTranslation("inspector");
  const format = useFormat();
  const watch = useRun((state) => state.nodes.get(node));
  const pinned = useRun((state) => state.pinned.has(node));
  const address = useAddress(node, data.found, part);
  const ended = watch?.state === "succeeded" || watch?.state === "failed";
  const ran = useRan(watch === undefined ? data.found : null);
  const known = ended || ran.has(node);
  const shape = shapeOfSchema(schema);
  const keys = Object.entries(shape.keys ?? {});
  return (
    <>
      {part === "output" && <Pin node={node} can={watch?.state === "succeeded"} />}
      {pinned && part === "output" && <Text size="xs" c="var(--studio-muted)" px={12} pt={8}>{t("data.pinned_text")}</Text>}
      {watch?.cachedAt !== undefined && <Text size="xs" c="var(--studio-muted)" px={12} pt={8}>{t("data.cached", { when: format.relative(watch.cachedAt) })}</Text>}
      {known && address !== null ? (
        <ValueView key={`${address.node} ${part}`} address={address} stamp={data.run} />
      ) : (
        <>
          <Text size="xs" c="var(--studio-muted)" p={12} pb={4}>{keys.length > 0 ? t("data.will") : t("data.none")}</Text>
          <ShapeTree label={t("panel.output")} entries={keys.map(([key, inner]) => [[key], inner] as const)} pick={() => undefined} />
        </>
      )}
    </>
  );
}

function Pin({ node, can }: { node: NodePath; can: boolean }) {
  const { t } = useTranslation("inspector");
  const pinned = useRun((state) => state.pinned.has(node));
  const readOnly = useEditor((state) => state.readOnly);
  const pin = useRun((state) => state.pin);
  const unpin = useRun((state) => state.unpin);
  if (readOnly || (!can && !pinned)) return null;
  return (
    <Button
      size="compact-xs"
      variant={pinned ? "light" : "subtle"}
      color={pinned ? "indigo" : "gray"}
      m={6}
      mb={0}
      style={{ alignSelf: "flex-start" }}
      leftSection={pinned ? <IconPinnedOff size={13} /> : <IconPinned size={13} />}
      onClick={() => void (pinned ? unpin(node) : pin(node)).catch(tellProblem)}
    >
      {pinned ? t("data.unpin") : t("data.pin")}
    </Button>
  );
}
