import { Button, Stack, Table, Text } from "@mantine/core";
import { IconDownload, IconFile, IconTable } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useFormat } from "@/i18n/format";

import { fileOf, isImage, tableOf } from "./kinds";
import classes from "./ValueView.module.css";

/** A file: the picture it is, or what it is called, and the way to have it. */
export function FileView({ value, address }: { value: unknown; address: string }) {
  const { t } = useTranslation("values");
  const format = useFormat();
  const file = fileOf(value);
  if (file === null) return null;
  return (
    <div className={classes.body}>
      <div className={classes.center}>
        {isImage(file) ? <img src={address} alt={file.name} className={classes.picture} /> : <IconFile size={40} aria-hidden />}
        <Stack gap={2} align="center">
          <Text fw={600} dir="auto">{file.name}</Text>
          <Text size="sm" c="var(--studio-muted)">
            {[file.mediaType, file.size === null ? "" : format.bytes(file.size)].filter((one) => one !== "").join(" · ")}
          </Text>
        </Stack>
        <Button component="a" href={address} download={file.name} leftSection={<IconDownload size={16} />} variant="light" size="sm">
          {t("download")}
        </Button>
      </div>
    </div>
  );
}

/** A table that travels by reference: its columns, and the way to have it. */
export function StoredTable({ value, address }: { value: unknown; address: string }) {
  const { t } = useTranslation("values");
  const format = useFormat();
  const table = tableOf(value);
  if (table === null) return null;
  const rows = table.rows ?? 0;
  return (
    <div className={classes.body}>
      <div className={classes.center}>
        <IconTable size={32} aria-hidden />
        <Text fw={600}>{t("size.rows", { count: rows, shown: format.number(rows) })}</Text>
        <Table withTableBorder maw={480} ta="start">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("table.column")}</Table.Th>
              <Table.Th>{t("table.type")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {table.columns.map(([name, type]) => (
              <Table.Tr key={name}>
                <Table.Td>{name}</Table.Td>
                <Table.Td className={classes.mono}>{type}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        <Button component="a" href={address} download leftSection={<IconDownload size={16} />} variant="light" size="sm">
          {t("download_table")}
        </Button>
      </div>
    </div>
  );
}
