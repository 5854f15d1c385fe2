import { Badge, Button, Code, Drawer, Group, Select, Stack, Table, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconDownload, IconShieldCheck } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type EntryOut } from "@/api";
import { useCan } from "@/app/session";
import { useFormat } from "@/i18n/format";
import { EmptyState } from "@/shared/EmptyState";
import { ListTable, type Column } from "@/shared/ListTable";
import { PageHeader } from "@/shared/PageHeader";
import { Screen } from "@/shared/Screen";
import { useAct } from "@/shared/act";
import { usePages } from "@/shared/pages";

/** Who did what, when, from where, on what: a chain that shows whether something was taken out of it. */
export function Audit() {
  const { t } = useTranslation("audit");
  const can = useCan();
  const [typed, setTyped] = useState("");
  const [action] = useDebouncedValue(typed.trim(), 300);
  const [outcome, setOutcome] = useState<string | null>(null);
  const [shown, setShown] = useState<EntryOut | null>(null);
  const pages = usePages(["audit", action, outcome], (cursor) =>
    api.listAudit({
      query: { limit: 50, ...(action ? { action } : {}), ...(outcome ? { outcome } : {}), ...(cursor ? { cursor } : {}) },
    }),
  );
  const columns = useColumns();
  const verify = useAct(async () => (await api.verifyAudit()).data, {
    changes: [],
    said: (found) => (found.broken ? t("verify.broken", { seq: found.broken.seq }) : t("verify.whole", { count: found.entries })),
  });
  return (
    <Screen>
      <PageHeader title={t("title")} text={t("text")}>
        <Button variant="default" leftSection={<IconShieldCheck size={16} />} onClick={() => verify.mutate()} loading={verify.isPending}>
          {t("verify.button")}
        </Button>
        {can("audit.export") && (
          <Button variant="default" component="a" href="/api/v1/audit/export" download leftSection={<IconDownload size={16} />}>
            {t("export")}
          </Button>
        )}
      </PageHeader>
      <Group mb="md">
        <TextInput
          aria-label={t("filter.action")}
          placeholder={t("filter.action")}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          dir="ltr"
          w={240}
        />
        <Select
          aria-label={t("filter.outcome")}
          placeholder={t("filter.outcome")}
          data={["done", "refused", "failed"].map((value) => ({ value, label: t(`outcome.${value}`) }))}
          value={outcome}
          onChange={setOutcome}
          clearable
          w={180}
        />
      </Group>
      <ListTable label={t("title")} pages={pages} columns={columns} id={(one) => one.id} onOpen={setShown} empty={<EmptyState title={t("empty")} />} />
      <Entry entry={shown} onClose={() => setShown(null)} />
    </Screen>
  );
}

function useColumns(): Column<EntryOut>[] {
  const { t } = useTranslation("audit");
  const format = useFormat();
  return [
    { key: "at", title: t("column.at"), cell: (one) => <Text size="sm">{format.moment(one.at)}</Text> },
    { key: "who", title: t("column.who"), cell: (one) => <bdi>{one.actor_name || one.actor_kind}</bdi> },
    { key: "action", title: t("column.action"), cell: (one) => <Code dir="ltr">{one.action}</Code> },
    { key: "on", title: t("column.on"), wide: true, cell: (one) => <bdi>{one.target_name || one.target_id}</bdi> },
    { key: "from", title: t("column.from"), wide: true, cell: (one) => <span dir="ltr">{one.ip}</span> },
    {
      key: "outcome",
      title: t("column.outcome"),
      wide: true,
      cell: (one) => (
        <Badge variant="light" tt="none" color={one.outcome === "done" ? "teal" : "red"}>
          {t(`outcome.${one.outcome}`)}
        </Badge>
      ),
    },
  ];
}

function Entry({ entry, onClose }: { entry: EntryOut | null; onClose: () => void }) {
  const { t } = useTranslation("audit");
  const format = useFormat();
  const rows: [string, string | null][] =
    entry === null
      ? []
      : [
          [t("column.at"), format.moment(entry.at)],
          [t("column.who"), `${entry.actor_name} (${entry.actor_kind}, ${entry.actor_id})`],
          [t("column.on"), `${entry.target_kind} ${entry.target_name} ${entry.target_id}`],
          [t("column.from"), entry.ip],
          [t("entry.agent"), entry.agent],
          [t("entry.key"), entry.key ?? null],
          [t("entry.request"), entry.request],
        ];
  return (
    <Drawer opened={entry !== null} onClose={onClose} position="right" size="lg" title={entry && <Code dir="ltr">{entry.action}</Code>} closeButtonProps={{ "aria-label": t("common:close") }}>
      {entry !== null && (
        <Stack>
          <Table variant="vertical" layout="fixed">
            <Table.Tbody>
              {rows.map(([name, value]) =>
                value === null || value === "" ? null : (
                  <Table.Tr key={name}>
                    <Table.Th w={140}>{name}</Table.Th>
                    <Table.Td style={{ overflowWrap: "anywhere" }}>
                      <bdi>{value}</bdi>
                    </Table.Td>
                  </Table.Tr>
                ),
              )}
            </Table.Tbody>
          </Table>
          <Side title={t("entry.before")} value={entry.before ?? null} />
          <Side title={t("entry.after")} value={entry.after ?? null} />
        </Stack>
      )}
    </Drawer>
  );
}

function Side({ title, value }: { title: string; value: Record<string, unknown> | null }) {
  if (value === null) return null;
  return (
    <div>
      <Text fw={600} size="sm" mb={4}>
        {title}
      </Text>
      <Code block dir="ltr">
        {JSON.stringify(value, null, 2)}
      </Code>
    </div>
  );
}
