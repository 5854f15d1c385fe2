import { ActionIcon, Badge, Button, Group, Menu, Text } from "@mantine/core";
import { IconDots, IconKey, IconPlugConnected, IconPlus, IconShare, IconTestPipe, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type CredentialOut } from "@/api";
import { useCan } from "@/app/session";
import { useFormat } from "@/i18n/format";
import { Ago } from "@/shared/Ago";
import { EmptyState } from "@/shared/EmptyState";
import { ListTable, type Column } from "@/shared/ListTable";
import { PageHeader } from "@/shared/PageHeader";
import { Screen } from "@/shared/Screen";
import { useAct } from "@/shared/act";
import { usePages } from "@/shared/pages";
import { useMemberNames } from "../workflows/members";
import { CredentialForm } from "./CredentialForm";
import { DeleteCredential } from "./DeleteCredential";
import { ShareCredential } from "./ShareCredential";
import { useCredentialTypes } from "./types";

type Open = { what: "new" } | { what: "edit" | "share" | "delete"; credential: CredentialOut } | null;
const CHANGES = [["credentials"]];

/** Stored secrets: which there are, whether they work, who may use them. Their values are never shown. */
export function Credentials() {
  const { t } = useTranslation("credentials");
  const can = useCan();
  const [open, setOpen] = useState<Open>(null);
  const pages = usePages(["credentials"], (cursor) => api.listCredentials({ query: cursor ? { cursor } : {} }));
  const close = (): void => setOpen(null);
  const columns = useColumns(setOpen);
  return (
    <Screen>
      <PageHeader title={t("title")} text={t("text")}>
        {can("credential.manage") && (
          <Button leftSection={<IconPlus size={16} />} onClick={() => setOpen({ what: "new" })}>
            {t("new")}
          </Button>
        )}
      </PageHeader>
      <ListTable
        label={t("title")}
        pages={pages}
        columns={columns}
        id={(one) => one.id}
        empty={
          <EmptyState title={t("empty.title")} text={t("empty.text")} icon={<IconKey size={40} />}>
            {can("credential.manage") && <Button onClick={() => setOpen({ what: "new" })}>{t("new")}</Button>}
          </EmptyState>
        }
      />
      {open?.what === "new" && <CredentialForm onClose={close} />}
      {open?.what === "edit" && <CredentialForm credential={open.credential} onClose={close} />}
      {open?.what === "share" && <ShareCredential credential={open.credential} onClose={close} />}
      {open?.what === "delete" && <DeleteCredential credential={open.credential} onClose={close} />}
    </Screen>
  );
}

function useColumns(setOpen: (open: Open) => void): Column<CredentialOut>[] {
  const { t } = useTranslation("credentials");
  const names = useMemberNames();
  const types = useCredentialTypes();
  const format = useFormat();
  return [
    {
      key: "name",
      title: t("column.name"),
      cell: (one) => (
        <>
          <Text fw={600} component="bdi" display="block">
            {one.name}
          </Text>
          {one.description !== "" && (
            <Text size="xs" c="var(--studio-muted)">
              {one.description}
            </Text>
          )}
        </>
      ),
    },
    { key: "type", title: t("column.type"), wide: true, cell: (one) => types.get(one.type)?.title ?? one.type },
    {
      key: "state",
      title: t("column.state"),
      cell: (one) => (
        <Group gap={6}>
          <StateBadge credential={one} />
          {one.expires_at !== null && (
            <Text size="xs" c="var(--studio-muted)">
              {t("expires", { when: format.date(one.expires_at) })}
            </Text>
          )}
        </Group>
      ),
    },
    { key: "owner", title: t("column.owner"), wide: true, cell: (one) => <bdi>{names(one.owner)}</bdi> },
    { key: "used", title: t("column.used"), wide: true, cell: (one) => (one.used_at === null ? t("never") : <Ago at={one.used_at} />) },
    {
      key: "menu",
      title: <span className="visually-hidden">{t("column.actions")}</span>,
      align: "end",
      width: 48,
      cell: (one) => <CredentialMenu credential={one} setOpen={setOpen} />,
    },
  ];
}

function StateBadge({ credential }: { credential: CredentialOut }) {
  const { t } = useTranslation("credentials");
  if (credential.state === "sign_in") return <Badge color="yellow" variant="light" tt="none">{t("state.sign_in")}</Badge>;
  if (credential.tested === null) return <Badge color="gray" variant="light" tt="none">{t("state.untested")}</Badge>;
  return credential.tested.ok ? (
    <Badge color="teal" variant="light" tt="none">{t("state.works")}</Badge>
  ) : (
    <Badge color="red" variant="light" tt="none">{t("state.fails")}</Badge>
  );
}

function CredentialMenu({ credential, setOpen }: { credential: CredentialOut; setOpen: (open: Open) => void }) {
  const { t } = useTranslation("credentials");
  const types = useCredentialTypes();
  const type = types.get(credential.type);
  const path = { credential: credential.id };
  const test = useAct(async () => (await api.testCredential({ path })).data, {
    changes: CHANGES,
    said: (found) => (found.ok ? t("test.works", { name: credential.name }) : t("test.fails", { name: credential.name })),
  });
  const connect = useAct(async () => (await api.connectCredential({ path })).data, {
    changes: [],
    after: ({ url }) => location.assign(url),
  });
  const manages = credential.level === "manage";
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t("menu.label", { name: credential.name })} loading={test.isPending}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {type?.testable === true && (
          <Menu.Item leftSection={<IconTestPipe size={16} />} onClick={() => test.mutate()}>
            {t("menu.test")}
          </Menu.Item>
        )}
        {type?.sign_in === true && manages && (
          <Menu.Item leftSection={<IconPlugConnected size={16} />} onClick={() => connect.mutate()}>
            {t("menu.connect")}
          </Menu.Item>
        )}
        {manages && (
          <>
            <Menu.Item leftSection={<IconKey size={16} />} onClick={() => setOpen({ what: "edit", credential })}>
              {t("menu.edit")}
            </Menu.Item>
            <Menu.Item leftSection={<IconShare size={16} />} onClick={() => setOpen({ what: "share", credential })}>
              {t("menu.share")}
            </Menu.Item>
            <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => setOpen({ what: "delete", credential })}>
              {t("menu.delete")}
            </Menu.Item>
          </>
        )}
        {!manages && type?.testable !== true && <Menu.Label>{t("menu.none")}</Menu.Label>}
      </Menu.Dropdown>
    </Menu>
  );
}
