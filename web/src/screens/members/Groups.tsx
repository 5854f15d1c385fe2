import { ActionIcon, Badge, Button, Group, MultiSelect, Select, TextInput } from "@mantine/core";
import { IconEdit, IconPlus, IconTrash, IconUsersGroup } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, everyPage, type GroupOut } from "@/api";
import { useCan } from "@/app/session";
import { Confirm } from "@/shared/Confirm";
import { EmptyState } from "@/shared/EmptyState";
import { FormModal } from "@/shared/FormModal";
import { ListTable, type Column } from "@/shared/ListTable";
import { useAct } from "@/shared/act";
import { usePages } from "@/shared/pages";
import { useRoles } from "./roles";

type Open = { what: "new" } | { what: "edit" | "delete"; group: GroupOut } | null;
const CHANGES = [["groups"], ["members"]];

/** Sets of members that are given something together. */
export function Groups() {
  const { t } = useTranslation("members");
  const can = useCan();
  const { name } = useRoles();
  const [open, setOpen] = useState<Open>(null);
  const pages = usePages(["groups", "list"], (cursor) => api.listGroups({ query: cursor ? { cursor } : {} }));
  const manages = can("member.manage");
  const columns: Column<GroupOut>[] = [
    {
      key: "name",
      title: t("column.name"),
      cell: (one) => (
        <Group gap={6}>
          <bdi>{one.name}</bdi>
          {one.external_id !== null && <Badge size="xs" variant="light" tt="none">{t("group.directory")}</Badge>}
        </Group>
      ),
    },
    { key: "role", title: t("column.role"), cell: (one) => (one.role === null ? t("group.no_role") : name(one.role)) },
    { key: "members", title: t("column.members"), align: "end", cell: (one) => t("group.members", { count: one.members }) },
    {
      key: "menu",
      title: <span className="visually-hidden">{t("column.actions")}</span>,
      align: "end",
      cell: (one) => manages && (
        <Group gap={4} justify="flex-end" wrap="nowrap">
          <ActionIcon variant="subtle" color="gray" aria-label={t("group.edit", { name: one.name })} onClick={() => setOpen({ what: "edit", group: one })}>
            <IconEdit size={16} />
          </ActionIcon>
          <ActionIcon variant="subtle" color="red" aria-label={t("group.delete", { name: one.name })} onClick={() => setOpen({ what: "delete", group: one })}>
            <IconTrash size={16} />
          </ActionIcon>
        </Group>
      ),
    },
  ];
  return (
    <>
      {manages && (
        <Group justify="flex-end" mb="md">
          <Button leftSection={<IconPlus size={16} />} onClick={() => setOpen({ what: "new" })}>
            {t("group.new")}
          </Button>
        </Group>
      )}
      <ListTable
        label={t("tab.groups")}
        pages={pages}
        columns={columns}
        id={(one) => one.id}
        empty={<EmptyState title={t("group.none")} text={t("group.none_text")} icon={<IconUsersGroup size={40} />} />}
      />
      {open?.what === "new" && <GroupForm onClose={() => setOpen(null)} />}
      {open?.what === "edit" && <GroupForm group={open.group} onClose={() => setOpen(null)} />}
      {open?.what === "delete" && <DeleteGroup group={open.group} onClose={() => setOpen(null)} />}
    </>
  );
}

function GroupForm({ group, onClose }: { group?: GroupOut; onClose: () => void }) {
  const { t } = useTranslation("members");
  const { choices } = useRoles();
  const [role, setRole] = useState<string | null>(group?.role ?? null);
  const people = useQuery({ queryKey: ["members", "all"], queryFn: () => everyPage((cursor) => api.listMembers({ query: { limit: 200, ...(cursor ? { cursor } : {}) } })) });
  const before = (people.data ?? []).filter((one) => group !== undefined && one.groups.includes(group.id)).map((one) => one.id);
  const [chosen, setChosen] = useState<string[] | null>(null);
  const members = chosen ?? before;
  const save = useAct(
    async (name: string) => {
      const id = group?.id ?? (await api.createGroup({ body: { name, role } })).data.id;
      if (group !== undefined) await api.changeGroup({ path: { group: id }, body: { name, role } });
      const add = members.filter((one) => !before.includes(one));
      const remove = before.filter((one) => !members.includes(one));
      if (add.length > 0 || remove.length > 0) await api.changeGroupMembers({ path: { group: id }, body: { add, remove } });
    },
    { changes: CHANGES, quiet: true, said: t("saved"), after: onClose },
  );
  return (
    <FormModal
      title={group === undefined ? t("group.new") : t("group.edit", { name: group.name })}
      opened
      onClose={onClose}
      onSubmit={(form) => save.mutate(String(form.get("name")))}
      submit={t("save")}
      busy={save.isPending}
      error={save.error}
    >
      <TextInput name="name" label={t("column.name")} defaultValue={group?.name ?? ""} required maxLength={200} data-autofocus />
      <Select label={t("column.role")} description={t("group.role_hint")} data={choices} value={role} onChange={setRole} clearable />
      <MultiSelect
        label={t("column.members")}
        data={people.data?.map((one) => ({ value: one.id, label: one.name })) ?? []}
        value={members}
        onChange={setChosen}
        searchable
      />
    </FormModal>
  );
}

function DeleteGroup({ group, onClose }: { group: GroupOut; onClose: () => void }) {
  const { t } = useTranslation("members");
  const remove = useAct(() => api.deleteGroup({ path: { group: group.id } }), { changes: CHANGES, quiet: true, after: onClose });
  return (
    <Confirm
      title={t("group.delete_title", { name: group.name })}
      text={t("group.delete_text")}
      submit={t("delete")}
      opened
      onClose={onClose}
      onConfirm={() => remove.mutate()}
      busy={remove.isPending}
      error={remove.error}
    />
  );
}
