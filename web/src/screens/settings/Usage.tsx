import { Progress, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { api, type LevelOut } from "@/api";
import { useFormat } from "@/i18n/format";
import { ProblemNote } from "@/shared/ProblemNote";
import { Card } from "./Card";

/** What scrolls can be reached by the keyboard. */
const SCROLLED = { viewportProps: { tabIndex: 0 } };
const COLOURS = { ok: "teal", warning: "yellow", reached: "red" } as const;

/** How much of what it may use the workspace has used. */
export function Usage() {
  const { t } = useTranslation("settings");
  const format = useFormat();
  const found = useQuery({ queryKey: ["usage"], queryFn: async () => (await api.showUsage()).data });
  if (found.data === undefined) return <ProblemNote error={found.error} />;
  return (
    <>
      {found.data.quotas.length > 0 && (
        <Card title={t("usage.quotas")}>
          {found.data.quotas.map((one) => (
            <Level key={one.quota} level={one} />
          ))}
        </Card>
      )}
      <Card title={t("usage.days")}>
        <Table.ScrollContainer minWidth={420} scrollAreaProps={SCROLLED}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t("usage.day")}</Table.Th>
                <Table.Th ta="end">{t("usage.executions")}</Table.Th>
                <Table.Th ta="end">{t("usage.failed")}</Table.Th>
                <Table.Th ta="end">{t("usage.requests")}</Table.Th>
                <Table.Th ta="end">{t("usage.tokens")}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {found.data.days.map((day) => (
                <Table.Tr key={day.day}>
                  <Table.Td>{format.date(day.day)}</Table.Td>
                  <Table.Td ta="end">{format.number(day.executions)}</Table.Td>
                  <Table.Td ta="end">{format.number(day.failed)}</Table.Td>
                  <Table.Td ta="end">{format.number(day.requests)}</Table.Td>
                  <Table.Td ta="end">{format.number(day.tokens)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Card>
    </>
  );
}

function Level({ level }: { level: LevelOut }) {
  const { t } = useTranslation("settings");
  const format = useFormat();
  const write = (value: number): string => (level.quota === "storage" ? format.bytes(value) : format.number(value));
  const name = t(`usage.quota.${level.quota}`);
  return (
    <div>
      <Text size="sm" mb={4}>
        {t("usage.level", { name, used: write(level.used), limit: write(level.limit) })}
      </Text>
      <Progress value={Math.min(100, (100 * level.used) / Math.max(level.limit, 1e-9))} color={COLOURS[level.state]} aria-label={name} />
    </div>
  );
}
