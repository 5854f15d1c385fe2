import { Badge, Button, Group, Select, SegmentedControl, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconPlus, IconSchema, IconSearch, IconUpload } from "@tabler/icons-react";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { api, everyPage, type WorkflowOut } from "@/api";
import { useCan } from "@/app/session";
import { Ago } from "@/shared/Ago";
import { EmptyState } from "@/shared/EmptyState";
import { ListTable, type Column } from "@/shared/ListTable";
import { PageHeader } from "@/shared/PageHeader";
import { Screen } from "@/shared/Screen";
import { usePages } from "@/shared/pages";
import { ImportWorkflows } from "./ImportWorkflows";
import { NewWorkflow } from "./NewWorkflow";
import { RecentRuns } from "./RecentRuns";
import { useMemberNames } from "./members";
import { WorkflowMenu } from "./WorkflowMenu";
import classes from "./Workflows.module.css";

const STATES = ["active", "archived", "deleted"] as const;
type State = (typeof STATES)[number];

/** Every workflow that one may see, with what it did last. */
export function Workflows() {
  const { t } = useTranslation("workflows");
  const can = useCan();
  const navigate = useNavigate();
  const search = useSearch({ from: "/inside/workflows" });
  const [making, setMaking] = useState<"new" | "import" | null>(null);
  const state: State = STATES.find((one) => one === search.state) ?? "active";
  const pages = usePages(["workflows", search], (cursor) =>
    api.listWorkflows({
      query: {
        state,
        sort: "updated",
        limit: 50,
        ...(search.q ? { q: search.q } : {}),
        ...(search.tag ? { tag: search.tag } : {}),
        ...(search.folder ? { folder: search.folder, below: true } : {}),
        ...(cursor ? { cursor } : {}),
      },
    }),
  );
  const columns = useColumns(pages.items);
  const narrowed = Boolean(search.q ?? search.tag ?? search.folder) || state !== "active";
  const mayEdit = can("workflow.edit");
  return (
    <Screen>
      <PageHeader title={t("title")}>
        {mayEdit && (
          <>
            <Button variant="default" leftSection={<IconUpload size={16} />} onClick={() => setMaking("import")}>
              {t("import.button")}
            </Button>
            <Button leftSection={<IconPlus size={16} />} onClick={() => setMaking("new")}>
              {t("new.button")}
            </Button>
          </>
        )}
      </PageHeader>
      <Filters state={state} />
      <ListTable
        label={t("title")}
        pages={pages}
        columns={columns}
        id={(one) => one.id}
        onOpen={(one) => void navigate({ to: "/workflows/$workflow", params: { workflow: one.id } })}
        empty={
          narrowed ? (
            <EmptyState title={t("none.title")} text={t("none.text")} />
          ) : (
            <EmptyState title={t("empty.title")} text={t("empty.text")} icon={<IconSchema size={40} />}>
              {mayEdit && <Button onClick={() => setMaking("new")}>{t("empty.button")}</Button>}
            </EmptyState>
          )
        }
      />
      <NewWorkflow opened={making === "new"} onClose={() => setMaking(null)} />
      <ImportWorkflows opened={making === "import"} onClose={() => setMaking(null)} />
    </Screen>
  );
}

function useColumns(items: readonly WorkflowOut[] | undefined): Column<WorkflowOut>[] {
  const { t } = useTranslation("workflows");
  const names = useMemberNames();
  const shown = useMemo(() => items?.map((one) => one.id) ?? [], [items]);
  return [
    {
      key: "name",
      title: t("column.name"),
      cell: (one) => (
        <>
          <Link to="/workflows/$workflow" params={{ workflow: one.id }} className={classes.name}>
            <bdi>{one.name}</bdi>
          </Link>
          <Group gap={4} mt={2}>
            {one.tags.map((tag) => (
              <Badge key={tag} size="xs" variant="light" tt="none">
                {tag}
              </Badge>
            ))}
          </Group>
        </>
      ),
    },
    {
      key: "state",
      title: t("column.state"),
      wide: true,
      cell: (one) =>
        one.published === null ? (
          <Badge variant="light" color="gray" tt="none">
            {t("state.draft")}
          </Badge>
        ) : (
          <Badge variant="light" color="teal" tt="none">
            {t("state.published", { version: one.published })}
          </Badge>
        ),
    },
    { key: "runs", title: t("column.runs"), wide: true, width: 150, cell: (one) => <RecentRuns workflow={one.id} among={shown} /> },
    { key: "owner", title: t("column.owner"), wide: true, cell: (one) => <bdi>{names(one.owner)}</bdi> },
    { key: "changed", title: t("column.changed"), wide: true, cell: (one) => <Ago at={one.updated_at} /> },
    { key: "menu", title: <span className="visually-hidden">{t("column.actions")}</span>, align: "end", width: 48, cell: (one) => <WorkflowMenu workflow={one} /> },
  ];
}

function Filters({ state }: { state: State }) {
  const { t } = useTranslation("workflows");
  const navigate = useNavigate({ from: "/workflows" });
  const search = useSearch({ from: "/inside/workflows" });
  const change = (changed: Partial<typeof search>): void => {
    const next = Object.fromEntries(Object.entries({ ...search, ...changed }).filter(([, value]) => value));
    void navigate({ search: next, replace: true });
  };
  const look = useDebouncedCallback((q: string) => change({ q }), 250);
  const tags = useQuery({ queryKey: ["workflows", "tags"], queryFn: () => everyPage((cursor) => api.listWorkflowTags({ query: cursor ? { cursor } : {} })) });
  const folders = useQuery({ queryKey: ["folders"], queryFn: () => everyPage((cursor) => api.listFolders({ query: cursor ? { cursor } : {} })) });
  return (
    <Group mb="md" gap="sm">
      <TextInput
        aria-label={t("filter.search")}
        placeholder={t("filter.search")}
        leftSection={<IconSearch size={16} />}
        defaultValue={search.q ?? ""}
        onChange={(event) => look(event.currentTarget.value)}
        flex={1}
        miw={180}
      />
      {(tags.data?.length ?? 0) > 0 && (
        <Select
          aria-label={t("filter.tag")}
          placeholder={t("filter.tag")}
          data={tags.data?.map((one) => one.tag) ?? []}
          value={search.tag ?? null}
          onChange={(tag) => change({ tag: tag ?? "" })}
          clearable
          searchable
          w={160}
        />
      )}
      {(folders.data?.length ?? 0) > 0 && (
        <Select
          aria-label={t("filter.folder")}
          placeholder={t("filter.folder")}
          data={folders.data?.map((one) => ({ value: one.id, label: one.name })) ?? []}
          value={search.folder ?? null}
          onChange={(folder) => change({ folder: folder ?? "" })}
          clearable
          searchable
          w={180}
        />
      )}
      <SegmentedControl
        aria-label={t("filter.state")}
        value={state}
        onChange={(value) => change({ state: value === "active" ? "" : value })}
        data={STATES.map((value) => ({ value, label: t(`filter.${value}`) }))}
      />
    </Group>
  );
}
