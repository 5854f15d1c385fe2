import { Select, Stack, Text, Button, Group, Modal } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { NodePath } from "../contracts";
import { refusal, type End } from "../model/connect";
import { takers } from "../model/kinds";
import { idsOf } from "../model/connect";
import { levelOf, nodeAt, nodeOn } from "../model/paths";
import { branchesOf } from "../model/ports";
import { useEditor } from "../store";
import { connect } from "./actions";
import { world } from "./drawing";
import { useReason } from "./reasons";
import { useCanvasUi } from "./ui";
import { focusNode } from "./view";

const WHOLE = "";

/** Drawing a wire by keyboard: what is given, to which node, into which param. */
export function WireBox({ node }: { node: NodePath }) {
  const { t } = useTranslation("canvas");
  const reason = useReason();
  const outputs = useOutputs(node);
  const [port, setPort] = useState<string | null>(outputs[0]?.value ?? WHOLE);
  const [target, setTarget] = useState<string | null>(null);
  const [param, setParam] = useState<string | null>(null);
  const from: End = { node, port: port === WHOLE ? null : port };
  const to: End | null = target === null ? null : { node: target, port: param === WHOLE ? null : param };
  const why = to === null ? null : refusal(world(), from, to);
  const close = (): void => {
    useCanvasUi.getState().show({ wiring: null });
    focusNode(node);
  };
  const done = (): void => {
    if (to === null || why !== null) return;
    connect(from, to);
    close();
  };
  return (
    <Modal opened onClose={close} title={t("wire.title")} size="sm">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          done();
        }}
      >
        <Stack gap="sm">
          <Select label={t("wire.from")} data={outputs} value={port} onChange={setPort} allowDeselect={false} searchable selectFirstOptionOnChange />
          <Select label={t("wire.to")} data={useTargets(node)} value={target} onChange={setTarget} searchable selectFirstOptionOnChange data-autofocus nothingFoundMessage={t("picker.none")} />
          <Select label={t("wire.param")} description={t("wire.param_hint")} data={useParams(target)} value={param} onChange={setParam} clearable searchable selectFirstOptionOnChange disabled={target === null} />
          {why !== null && <Text size="sm" c="var(--studio-bad)" role="alert">{reason(why)}</Text>}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>{t("common:cancel")}</Button>
            <Button type="submit" disabled={to === null || why !== null}>{t("wire.connect")}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function useOutputs(path: NodePath): { value: string; label: string }[] {
  const { t } = useTranslation("canvas");
  const { document, catalogue, shapes } = useEditor();
  const node = nodeAt(document, path);
  if (node === undefined) return [];
  const branches = branchesOf(node, catalogue.get(node.type)).map((one) => ({ value: one, label: t("wire.branch", { name: one }) }));
  const outputs = (shapes.get(node.type)?.outputs ?? []).map((one) => ({ value: one.name, label: one.label }));
  return [...branches, { value: WHOLE, label: t("wire.whole") }, ...outputs.filter((one) => !branches.some((other) => other.value === one.value))];
}

function useTargets(path: NodePath): { value: string; label: string }[] {
  const { document, catalogue } = useEditor();
  const level = levelOf(path);
  return idsOf(document, level)
    .map((id) => nodeOn(level, id))
    .filter((one) => one !== path)
    .map((one) => {
      const node = nodeAt(document, one);
      const title = node?.title ?? catalogue.get(node?.type ?? "")?.title ?? node?.type ?? "";
      return { value: one, label: `${title} · ${one}` };
    });
}

function useParams(target: string | null): { value: string; label: string }[] {
  const { document, shapes } = useEditor();
  const type = target === null ? undefined : nodeAt(document, target)?.type;
  return takers(shapes.get(type ?? "")).map((one) => ({ value: one.name, label: one.label }));
}
