import { Badge, Button, Group, Select, TextInput } from "@mantine/core";
import { IconPlus, IconRobot } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type ServiceAccountOut } from "@/api";
import { useCan } from "@/app/session";
import { useFormat } from "@/i18n/format";
import { Confirm } from "@/shared/Confirm";
import { EmptyState } from "@/shared/EmptyState";
import { FormModal } from "@/shared/FormModal";
import { ListTable, type Column } from "@/shared/ListTable";
import { useAct } from "@/shared/act";
import { usePages } from "@/shared/pages";
import { useRoles } from "./roles";

const CHANGES = [["service-accounts"]];

/** Accounts of programs: they have keys, and no password. */
export function ServiceAccounts() {
  const { t } = useTranslation("members");
  const can = useCan();
  const format = useFormat();
  const { name } = useRoles();
  const [making, setMaking] = useState(false);
  const [leaving, setLeaving] = useState<ServiceAccountOut | null>(null);
  const manages = can("member.manage");
  const pages = usePages(["service-accounts"], (cursor) => api.listServiceAccounts({ query: cursor ? { cursor } : {} }));
  const turn = useAct((one: ServiceAccountOut) => api.changeServiceAccount({ path: { account: one.id }, body: { active: !one.active } }), { changes: CHANGES, said: t("saved") });
  const remove = useAct((id: string) => api.deleteServiceAccount({ path: { account: id } }), { changes: CHANGES, quiet: true, after: () => setLeaving(null) });
  const columns: Column<ServiceAccountOut>[] = [
    {
      key: "name",
      title: t("column.name"),
      cell: (one) => (
        <Group gap={6}>
          <bdi>{one.name}</bdi>
          {!one.active && <Badge size="xs" color="gray" variant="light" tt="none">{t("inactive")}</Badge>}
        </Group>
      ),
    },
    { key: "role", title: t("column.role"), cell: (one) => name(one.role) },
    { key: "since", title: t("column.since"), wide: true, cell: (one) => format.date(one.created_at) },
    {
      key: "menu",
      title: <span className="visually-hidden">{t("column.actions")}</span>,
      align: "end",
      cell: (one) => manages && (
        <Group gap={4} justify="flex-end" wrap="nowrap">
          <Button size="compact-sm" variant="subtle" onClick={() => turn.mutate(one)}>
            {one.active ? t("service.off") : t("service.on")}
          </Button>
          <Button size="compact-sm" variant="subtle" color="red" onClick={() => setLeaving(one)}>
            {t("delete")}
          </Button>
        </Group>
      ),
    },
  ];
  return (
    <>
      {manages && (
        <Group justify="flex-end" mb="md">
          <Button leftSection={<IconPlus size={16} />} onClick={() => setMaking(true)}>
            {t("service.new")}
          </Button>
        </Group>
      )}
      <ListTable
        label={t("tab.service")}
        pages={pages}
        columns={columns}
        id={(one) => one.id}
        empty={<EmptyState title={t("service.none")} text={t("service.none_text")} icon={<IconRobot size={40} />} />}
      />
      {making && <ServiceForm onClose={() => setMaking(false)} />}
      <Confirm
        title={t("service.delete_title", { name: leaving?.name ?? "" })}
        text={t("service.delete_text")}
        submit={t("delete")}
        opened={leaving !== null}
        onClose={() => setLeaving(null)}
        onConfirm={() => leaving !== null && remove.mutate(leaving.id)}
        busy={remove.isPending}
        error={remove.error}
      />
    </>
  );
}

function ServiceForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("members");
  const { choices } = useRoles();
  const [role, setRole] = useState("service");
  const make = useAct((name: string) => api.createServiceAccount({ body: { name, role } }), { changes: CHANGES, quiet: true, said: t("saved"), after: onClose });
  return (
    <FormModal
      title={t("service.new")}
      opened
      onClose={onClose}
      onSubmit={(form) => make.mutate(String(form.get("name")))}
      submit={t("save")}
      busy={make.isPending}
      error={make.error}
    >
      <TextInput name="name" label={t("column.name")} required maxLength={200} data-autofocus />
      <Select label={t("column.role")} data={choices} value={role} onChange={(value) => value !== null && setRole(value)} allowDeselect={false} />
    </FormModal>
  );
}
