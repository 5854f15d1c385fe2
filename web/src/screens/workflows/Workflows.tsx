import { Box, Table } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { api } from "@/api";
import { Ago } from "@/shared/Ago";
import { EmptyState } from "@/shared/EmptyState";
import { PageHeader } from "@/shared/PageHeader";
import { ProblemNote } from "@/shared/ProblemNote";

/** Every workflow that one may see. */
export function Workflows() {
  const { t } = useTranslation("workflows");
  const { data, error } = useQuery({
    queryKey: ["workflows"],
    queryFn: async () => (await api.listWorkflows()).data,
  });
  return (
    <Box p="lg">
      <PageHeader title={t("title")} />
      <ProblemNote error={error} />
      {data?.items.length === 0 && <EmptyState title={t("empty.title")} text={t("empty.text")} />}
      {data !== undefined && data.items.length > 0 && (
        <Table highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("name")}</Table.Th>
              <Table.Th>{t("changed")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.items.map((one) => (
              <Table.Tr key={one.id}>
                <Table.Td>{one.name}</Table.Td>
                <Table.Td>
                  <Ago at={one.updated_at} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Box>
  );
}
