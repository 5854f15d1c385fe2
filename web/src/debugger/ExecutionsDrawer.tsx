/** Executions of the workflow that is edited: one click shows one on the canvas. */
import { ActionIcon, Button, Center, Group, Loader, ScrollArea, Stack, Text, Tooltip, UnstyledButton } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { api, type ExecutionOut } from "@/api";
import { useEditor } from "@/editor/store";
import { useFormat } from "@/i18n/format";
import { Ago } from "@/shared/Ago";
import { EmptyState } from "@/shared/EmptyState";
import { ProblemNote } from "@/shared/ProblemNote";

import classes from "./Drawer.module.css";
import { StateIcon } from "./states";
import { useRun } from "./store";
import { useHints } from "./useHints";

/** The list itself, for whoever has a place of their own for it. */
export function ExecutionsList() {
  const { t } = useTranslation("debugger");
  const workflow = useEditor((state) => state.workflow.id);
  const queries = useQueryClient();
  const key = ["executions", "of", workflow];
  useHints(() => void queries.invalidateQueries({ queryKey: key }));
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: key,
    queryFn: async ({ pageParam }) => (await api.listExecutions({ query: { workflow, limit: 30, ...(pageParam === "" ? {} : { cursor: pageParam }) } })).data,
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
    enabled: workflow !== "",
  });
  if (error !== null) return <ProblemNote error={error} />;
  if (isPending) return <Center p="lg"><Loader size="sm" /></Center>;
  const rows = data.pages.flatMap((page) => page.items);
  if (rows.length === 0) return <EmptyState title={t("drawer.empty")} text={t("drawer.empty_text")} />;
  return (
    <ScrollArea.Autosize mah="calc(100dvh - 90px)">
      <Stack gap={2}>
        {rows.map((one) => <Line key={one.id} execution={one} />)}
        {hasNextPage && <Button variant="subtle" size="xs" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t("drawer.more")}</Button>}
      </Stack>
    </ScrollArea.Autosize>
  );
}

function Line({ execution }: { execution: ExecutionOut }) {
  const { t } = useTranslation("debugger");
  const format = useFormat();
  const watched = useRun((run) => run.execution?.id === execution.id);
  const end = execution.ended_at === null ? null : (Date.parse(execution.ended_at) - Date.parse(execution.accepted_at)) / 1000;
  return (
    <Group gap={4} wrap="nowrap" className={classes.line} data-current={watched}>
      <UnstyledButton className={classes.open} aria-current={watched} onClick={() => useRun.getState().watch(execution.id)}>
        <StateIcon state={execution.status} />
        <span className="visually-hidden">{t(`state.${execution.status}`)}</span>
        <Stack gap={0} miw={0}>
          <Text size="sm"><Ago at={execution.accepted_at} /></Text>
          <Text size="xs" c="var(--studio-muted)" truncate>
            {[execution.trigger, execution.mode === "run" ? "" : execution.mode, end === null ? "" : format.duration(end), execution.error_code ?? ""].filter((one) => one !== "").join(" · ")}
          </Text>
        </Stack>
      </UnstyledButton>
      <Tooltip label={t("run.details")}>
        <ActionIcon component={Link} to={`/executions/${execution.id}`} variant="subtle" color="gray" aria-label={t("run.details")}>
          <IconExternalLink size={16} />
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}
