import { ActionIcon, Badge, Button, Checkbox, Group, Stack, Text, TextInput } from "@mantine/core";
import { IconEdit, IconEye, IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type RoleOut } from "@/api";
import { useCan } from "@/app/session";
import { Confirm } from "@/shared/Confirm";
import { FormModal } from "@/shared/FormModal";
import { ListTable, type Column } from "@/shared/ListTable";
import { useAct } from "@/shared/act";
import { useRoles } from "./roles";

type Open = { what: "new" } | { what: "edit" | "delete"; role: RoleOut } | null;
const CHANGES = [["roles"]];

/** What members may do, as sets of permissions. */
export function Roles() {
  const { t } = useTranslation("members");
  const can = useCan();
  const { roles, name } = useRoles();
  const [open, setOpen] = useState<Open>(null);
  const manages = can("member.manage");
  const columns: Column<RoleOut>[] = [
    {
      key: "name",
      title: t("column.name"),
      cell: (one) => (
        <Group gap={6}>
          <bdi>{name(one.id)}</bdi>
          {one.built_in && <Badge size="xs" color="gray" variant="light" tt="none">{t("roles.built_in")}</Badge>}
        </Group>
      ),
    },
    { key: "count", title: t("roles.permissions"), cell: (one) => t("roles.count", { count: one.permissions.length }) },
    {
      key: "menu",
      title: <span className="visually-hidden">{t("column.actions")}</span>,
      align: "end",
      cell: (one) => (
        <Group gap={4} justify="flex-end" wrap="nowrap">
          <ActionIcon variant="subtle" color="gray" aria-label={t("roles.look", { name: name(one.id) })} onClick={() => setOpen({ what: "edit", role: one })}>
            {one.built_in || !manages ? <IconEye size={16} /> : <IconEdit size={16} />}
          </ActionIcon>
          {manages && !one.built_in && (
            <ActionIcon variant="subtle" color="red" aria-label={t("roles.delete", { name: one.name })} onClick={() => setOpen({ what: "delete", role: one })}>
              <IconTrash size={16} />
            </ActionIcon>
          )}
        </Group>
      ),
    },
  ];
  return (
    <>
      {manages && (
        <Group justify="flex-end" mb="md">
          <Button leftSection={<IconPlus size={16} />} onClick={() => setOpen({ what: "new" })}>
            {t("roles.new")}
          </Button>
        </Group>
      )}
      <ListTable
        label={t("tab.roles")}
        pages={{ items: roles?.items, error: null, more: null, loadingMore: false }}
        columns={columns}
        id={(one) => one.id}
        empty={null}
      />
      {open?.what === "new" && <RoleForm onClose={() => setOpen(null)} />}
      {open?.what === "edit" && <RoleForm role={open.role} onClose={() => setOpen(null)} />}
      {open?.what === "delete" && <DeleteRole role={open.role} onClose={() => setOpen(null)} />}
    </>
  );
}

function RoleForm({ role, onClose }: { role?: RoleOut; onClose: () => void }) {
  const { t } = useTranslation("members");
  const can = useCan();
  const { roles, name } = useRoles();
  const [chosen, setChosen] = useState<string[]>(role?.permissions ?? []);
  const fixed = role?.built_in === true || !can("member.manage");
  const save = useAct(
    async (called: string) => {
      if (fixed) return;
      const body = { name: called, permissions: chosen };
      await (role === undefined ? api.createRole({ body }) : api.changeRole({ path: { role: role.id }, body }));
    },
    { changes: CHANGES, quiet: true, after: onClose },
  );
  const areas = new Map<string, string[]>();
  for (const permission of roles?.permissions ?? []) {
    const area = permission.split(".")[0] ?? permission;
    areas.set(area, [...(areas.get(area) ?? []), permission]);
  }
  return (
    <FormModal
      title={role === undefined ? t("roles.new") : name(role.id)}
      opened
      onClose={onClose}
      onSubmit={(form) => save.mutate(String(form.get("name") ?? ""))}
      submit={fixed ? t("close") : t("save")}
      busy={save.isPending}
      error={save.error}
      size="lg"
    >
      {!fixed && <TextInput name="name" label={t("column.name")} defaultValue={role?.name ?? ""} required maxLength={200} data-autofocus />}
      <Checkbox.Group value={chosen} onChange={setChosen} readOnly={fixed}>
        <Stack gap="sm">
          {[...areas].map(([area, permissions]) => (
            <div key={area}>
              <Text size="sm" fw={600} mb={4}>
                {t(`area.${area}`)}
              </Text>
              <Group gap="md">
                {permissions.map((permission) => (
                  <Checkbox key={permission} value={permission} label={t(`verb.${permission.split(".")[1] ?? ""}`)} disabled={fixed} />
                ))}
              </Group>
            </div>
          ))}
        </Stack>
      </Checkbox.Group>
    </FormModal>
  );
}

function DeleteRole({ role, onClose }: { role: RoleOut; onClose: () => void }) {
  const { t } = useTranslation("members");
  const remove = useAct(() => api.deleteRole({ path: { role: role.id } }), { changes: CHANGES, quiet: true, after: onClose });
  return (
    <Confirm
      title={t("roles.delete_title", { name: role.name })}
      text={t("roles.delete_text")}
      submit={t("delete")}
      opened
      onClose={onClose}
      onConfirm={() => remove.mutate()}
      busy={remove.isPending}
      error={remove.error}
    />
  );
}
