import { ActionIcon, Badge, Group, Menu, Select, Text } from "@mantine/core";
import { IconDots, IconKey, IconLink, IconLogout, IconUserMinus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type MemberOut } from "@/api";
import { useCan, useSession } from "@/app/session";
import { useFormat } from "@/i18n/format";
import { EmptyState } from "@/shared/EmptyState";
import { ListTable, type Column } from "@/shared/ListTable";
import { SecretOnce } from "@/shared/SecretOnce";
import { useAct } from "@/shared/act";
import { usePages } from "@/shared/pages";
import { OffBoard } from "./OffBoard";
import { useRoles } from "./roles";

const CHANGES = [["members"]];

/** Members: their roles, and what an Admin does for them. */
export function People() {
  const { t } = useTranslation("members");
  const [leaving, setLeaving] = useState<MemberOut | null>(null);
  const [link, setLink] = useState<string | null>(null);
  const pages = usePages(["members", "list"], (cursor) => api.listMembers({ query: cursor ? { cursor } : {} }));
  const columns = useColumns(setLeaving, setLink);
  return (
    <>
      <ListTable label={t("tab.people")} pages={pages} columns={columns} id={(one) => one.id} empty={<EmptyState title={t("none")} />} />
      {leaving !== null && <OffBoard member={leaving} onClose={() => setLeaving(null)} />}
      <SecretOnce title={t("link.title")} text={t("link.text")} secret={link} onClose={() => setLink(null)} />
    </>
  );
}

function useColumns(leave: (member: MemberOut) => void, setLink: (link: string) => void): Column<MemberOut>[] {
  const { t } = useTranslation("members");
  const format = useFormat();
  return [
    {
      key: "name",
      title: t("column.name"),
      cell: (one) => (
        <>
          <Group gap={6}>
            <Text fw={600} component="bdi">
              {one.name}
            </Text>
            {!one.active && <Badge color="gray" size="xs" tt="none">{t("inactive")}</Badge>}
          </Group>
          <Text size="xs" c="var(--studio-muted)" dir="ltr" ta="start">
            {one.email}
          </Text>
        </>
      ),
    },
    { key: "role", title: t("column.role"), cell: (one) => <Role member={one} /> },
    { key: "factor", title: t("column.factor"), wide: true, cell: (one) => (one.second_factor ? t("factor.yes") : t("factor.no")) },
    { key: "since", title: t("column.since"), wide: true, cell: (one) => format.date(one.since) },
    {
      key: "menu",
      title: <span className="visually-hidden">{t("column.actions")}</span>,
      align: "end",
      width: 48,
      cell: (one) => <MemberMenu member={one} leave={leave} setLink={setLink} />,
    },
  ];
}

function Role({ member }: { member: MemberOut }) {
  const { t } = useTranslation("members");
  const can = useCan();
  const { name, choices } = useRoles();
  const change = useAct((role: string) => api.changeMember({ path: { account: member.id }, body: { role } }), {
    changes: CHANGES,
    said: t("role_changed"),
  });
  if (!can("member.manage")) return name(member.role);
  return (
    <Select
      aria-label={t("role_of", { name: member.name })}
      size="xs"
      w={150}
      data={choices}
      value={member.role}
      onChange={(role) => role !== null && role !== member.role && change.mutate(role)}
      allowDeselect={false}
    />
  );
}

interface MenuProps {
  member: MemberOut;
  leave: (member: MemberOut) => void;
  setLink: (link: string) => void;
}

function MemberMenu({ member, leave, setLink }: MenuProps) {
  const { t } = useTranslation("members");
  const can = useCan();
  const { account } = useSession();
  const path = { account: member.id };
  const reset = useAct(async () => (await api.makeMemberResetLink({ path })).data, { changes: [], after: (made) => setLink(made.link) });
  const end = useAct(() => api.endMemberSessions({ path }), { changes: CHANGES, said: t("menu.ended") });
  const factor = useAct(() => api.resetMemberSecondFactor({ path }), { changes: CHANGES, said: t("menu.factor_done") });
  if (!can("member.manage") || member.id === account.id) return null;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t("menu.label", { name: member.name })}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconLink size={16} />} onClick={() => reset.mutate()}>
          {t("menu.reset")}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => end.mutate()}>
          {t("menu.end")}
        </Menu.Item>
        {member.second_factor && (
          <Menu.Item leftSection={<IconKey size={16} />} onClick={() => factor.mutate()}>
            {t("menu.factor")}
          </Menu.Item>
        )}
        <Menu.Item color="red" leftSection={<IconUserMinus size={16} />} onClick={() => leave(member)}>
          {t("menu.leave")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
