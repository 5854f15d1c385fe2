import { Button, Code, Group, Modal, Stack, Table, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { useFormat } from "@/i18n/format";

import { useEditor, type Clash } from "./store";

/** Somebody else has changed the same: who, what it says now, and what one has written oneself. Nothing is lost before one chooses. */
export function ConflictNote() {
  const { t } = useTranslation("editor");
  const conflict = useEditor((state) => state.conflict);
  const settle = useEditor((state) => state.settle);
  if (conflict === null) return null;
  const step = conflict.batch === null;
  return (
    <Modal
      opened
      onClose={() => step && settle("mine")}
      withCloseButton={step}
      closeOnClickOutside={false}
      title={t("conflict.title")}
      size="lg"
    >
      <Stack>
        <Text size="sm">{conflict.message}</Text>
        {conflict.clashes.length > 0 && (
          <Table verticalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t("conflict.where")}</Table.Th>
                <Table.Th>{t("conflict.theirs")}</Table.Th>
                {!step && <Table.Th>{t("conflict.mine")}</Table.Th>}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {conflict.clashes.map((one) => (
                <Row key={one.path.join(".")} clash={one} own={!step} />
              ))}
            </Table.Tbody>
          </Table>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={() => settle(step ? "mine" : "theirs")}>
            {t(step ? "conflict.leave" : "conflict.take")}
          </Button>
          <Button onClick={() => settle(step ? "theirs" : "mine")}>{t(step ? "conflict.skip" : "conflict.keep")}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Row({ clash, own }: { clash: Clash; own: boolean }) {
  const { t } = useTranslation("editor");
  const format = useFormat();
  return (
    <Table.Tr>
      <Table.Td>
        <Code dir="ltr">{clash.path.join(" › ")}</Code>
        {clash.name !== null && (
          <Text size="xs" c="var(--studio-muted)">
            {clash.at === null ? clash.name : t("conflict.by", { name: clash.name, when: format.relative(clash.at) })}
          </Text>
        )}
      </Table.Td>
      <Table.Td>{clash.removed ? <Text size="sm" fs="italic">{t("conflict.removed")}</Text> : <Shown value={clash.theirs} />}</Table.Td>
      {own && <Table.Td><Shown value={clash.mine} /></Table.Td>}
    </Table.Tr>
  );
}

function Shown({ value }: { value: unknown }) {
  if (value === undefined) return null;
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 1);
  return <Code block mah={140} style={{ overflow: "auto" }} dir="auto">{text}</Code>;
}
