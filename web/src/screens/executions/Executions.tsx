import { Badge, Checkbox, Group, Stack, Text } from "@mantine/core";
import { IconActivity } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type ExecutionOut } from "@/api";
import { Elapsed } from "@/debugger/Elapsed";
import { StateBadge } from "@/debugger/states";
import { useHints } from "@/debugger/useHints";
import { Ago } from "@/shared/Ago";
import { EmptyState } from "@/shared/EmptyState";
import { ListTable, type Column } from "@/shared/ListTable";
import { PageHeader } from "@/shared/PageHeader";
import { usePages } from "@/shared/pages";
import { Screen } from "@/shared/Screen";

import { BulkBar } from "./BulkBar";
import classes from "./Executions.module.css";
import { Filters } from "./Filters";
import { filterOf, isNarrow } from "./search";

/** Every execution that one may see, newest first. */
export function Executions() {
  const { t } = useTranslation("executions");
  const navigate = useNavigate();
  const search = useSearch({ from: "/inside/executions" });
  const queries = useQueryClient();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  useHints(() => void queries.invalidateQueries({ queryKey: ["executions", "list"] }));
  const pages = usePages(["executions", "list", search], (cursor) =>
    api.listExecutions({ query: { ...filterOf(search, Date.now()), limit: 50, ...(cursor ? { cursor } : {}) } }),
  );
  const columns = useColumns(pages.items ?? [], chosen, setChosen);
  return (
    <Screen>
      <PageHeader title={t("title")} />
      <Filters />
      <BulkBar chosen={chosen} onDone={() => setChosen(new Set())} search={search} />
      <ListTable
        label={t("title")}
        pages={pages}
        columns={columns}
        id={(one) => one.id}
        onOpen={(one) => void navigate({ to: "/executions/$execution", params: { execution: one.id } })}
        empty={
          isNarrow(search) ? (
            <EmptyState title={t("none.title")} text={t("none.text")} />
          ) : (
            <EmptyState title={t("empty.title")} text={t("empty.text")} icon={<IconActivity size={40} />} />
          )
        }
      />
    </Screen>
  );
}

function useColumns(
  items: readonly ExecutionOut[], chosen: ReadonlySet<string>, choose: (chosen: ReadonlySet<string>) => void,
): Column<ExecutionOut>[] {
  const { t } = useTranslation("executions");
  const all = items.length > 0 && items.every((one) => chosen.has(one.id));
  const toggle = (id: string): void => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    choose(next);
  };
  return [
    {
      key: "choose",
      width: 40,
      title: (
        <Checkbox
          aria-label={t("bulk.choose_all")}
          checked={all}
          indeterminate={!all && chosen.size > 0}
          onChange={() => choose(new Set(all ? [] : items.map((one) => one.id)))}
        />
      ),
      cell: (one) => <Checkbox aria-label={t("bulk.choose", { name: one.workflow })} checked={chosen.has(one.id)} onChange={() => toggle(one.id)} />,
    },
    {
      key: "workflow",
      title: t("column.workflow"),
      cell: (one) => (
        <Stack gap={2}>
          <Link to="/executions/$execution" params={{ execution: one.id }} className={classes.name}>
            <bdi>{one.workflow}</bdi>
          </Link>
          <Group gap={4}>
            <Text size="xs" c="var(--studio-muted)">{t(`mode.${one.mode}`, { defaultValue: one.mode })} · {t(`trigger.${one.trigger}`, { defaultValue: one.trigger })}</Text>
            {one.tags.map((tag) => <Badge key={tag} size="xs" variant="light" tt="none">{tag}</Badge>)}
          </Group>
        </Stack>
      ),
    },
    {
      key: "status",
      title: t("column.status"),
      width: 190,
      cell: (one) => (
        <Stack gap={2} align="flex-start">
          <StateBadge state={one.status} />
          {one.error_code !== null && <Text size="xs" c="var(--studio-bad)" className={classes.code}>{one.error_code}</Text>}
        </Stack>
      ),
    },
    { key: "when", title: t("column.when"), width: 150, wide: true, cell: (one) => <Ago at={one.accepted_at} /> },
    {
      key: "time",
      title: t("column.time"),
      width: 110,
      wide: true,
      align: "end",
      cell: (one) => <Elapsed from={Date.parse(one.accepted_at)} to={one.ended_at === null ? null : Date.parse(one.ended_at)} />,
    },
  ];
}
