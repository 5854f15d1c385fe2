import { Button, Group, List, Modal, Text } from "@mantine/core";
import { IconSend } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { nodeAt } from "@/editor/model/paths";
import { useEditor } from "@/editor/store";

import { useRun } from "./store";

/** Names what a trial really sends, before it does so for the first time. */
export function EffectsDialog() {
  const { t } = useTranslation("debugger");
  const asked = useRun((run) => run.asked);
  const document = useEditor((state) => state.document);
  const catalogue = useEditor((state) => state.catalogue);
  return (
    <Modal opened={asked !== null} onClose={() => asked?.answer(false)} title={t("effects.title")} centered>
      <Text size="sm" mb="sm">{t("effects.text")}</Text>
      <List spacing={6} size="sm" icon={<IconSend size={16} aria-hidden />}>
        {asked?.nodes.map((one) => {
          const node = nodeAt(document, one);
          return (
            <List.Item key={one}>
              <Text span fw={600}>{node?.title ?? one}</Text>
              <Text span c="var(--studio-muted)"> · {catalogue.get(node?.type ?? "")?.title ?? node?.type}</Text>
            </List.Item>
          );
        })}
      </List>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={() => asked?.answer(false)}>{t("effects.no")}</Button>
        <Button onClick={() => asked?.answer(true)} data-autofocus>{t("effects.yes")}</Button>
      </Group>
    </Modal>
  );
}
