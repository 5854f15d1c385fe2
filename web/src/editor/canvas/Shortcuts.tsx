import { Group, Modal, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { COMMANDS } from "./commands";
import { Keys } from "./Keys";
import { useCanvasUi } from "./ui";

const GROUPS = ["edit", "nodes", "view", "arrange"] as const;

/** Every shortcut, on one sheet. */
export default function Shortcuts() {
  const { t } = useTranslation("canvas");
  return (
    <Modal opened onClose={() => useCanvasUi.getState().show({ shortcuts: false })} title={t("shortcuts")} size="xl">
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xl">
        {GROUPS.map((group) => (
          <Stack key={group} gap={6}>
            <Title order={3} size="sm">{t(`group_of.${group}`)}</Title>
            {COMMANDS.filter((one) => one.group === group).map((one) => (
              <Group key={one.id} justify="space-between" wrap="nowrap">
                <Text size="sm">{t(`command.${one.id}`)}</Text>
                <Group gap={6} wrap="nowrap">
                  {one.keys.map((keys) => (
                    <Keys key={keys} keys={keys} />
                  ))}
                </Group>
              </Group>
            ))}
          </Stack>
        ))}
      </SimpleGrid>
      <Text size="sm" c="var(--studio-muted)" mt="lg">{t("shortcuts_hint")}</Text>
    </Modal>
  );
}
