import { ActionIcon, Badge, Button, Code, Group, Text } from "@mantine/core";
import { IconApi, IconPlus, IconRefresh, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type KeyOut } from "@/api";
import { useCan } from "@/app/session";
import { useFormat } from "@/i18n/format";
import { Ago } from "@/shared/Ago";
import { Confirm } from "@/shared/Confirm";
import { EmptyState } from "@/shared/EmptyState";
import { ListTable, type Column } from "@/shared/ListTable";
import { PageHeader } from "@/shared/PageHeader";
import { Screen } from "@/shared/Screen";
import { SecretOnce } from "@/shared/SecretOnce";
import { useAct } from "@/shared/act";
import { usePages } from "@/shared/pages";
import { useMemberNames } from "../workflows/members";
import { KeyForm } from "./KeyForm";

type Open = { what: "new" } | { what: "revoke" | "rotate"; of: KeyOut } | null;

/** Keys with which other programs call workflows. */
export function Keys() {
  const { t } = useTranslation("keys");
  const can = useCan();
  const [open, setOpen] = useState<Open>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const pages = usePages(["keys"], (cursor) => api.listKeys({ query: cursor ? { cursor } : {} }));
  const columns = useColumns(setOpen);
  const manages = can("key.manage");
  const close = (): void => setOpen(null);
  return (
    <Screen>
      <PageHeader title={t("title")} text={t("text")}>
        {manages && (
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
        empty={<EmptyState title={t("empty.title")} text={t("empty.text")} icon={<IconApi size={40} />} />}
      />
      {open?.what === "new" && <KeyForm onClose={close} onSecret={setSecret} />}
      {open?.what === "revoke" && <Revoke of={open.of} onClose={close} />}
      {open?.what === "rotate" && <Rotate of={open.of} onClose={close} onSecret={setSecret} />}
      <SecretOnce title={t("secret.title")} text={t("secret.text")} secret={secret} onClose={() => setSecret(null)} />
    </Screen>
  );
}

function useColumns(setOpen: (open: Open) => void): Column<KeyOut>[] {
  const { t } = useTranslation("keys");
  const names = useMemberNames();
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
          <Code dir="ltr">{one.token}…</Code>
        </>
      ),
    },
    {
      key: "state",
      title: t("column.state"),
      cell: (one) => (
        <Badge variant="light" tt="none" color={one.state === "active" ? "teal" : "gray"}>
          {t(`state.${one.state}`)}
        </Badge>
      ),
    },
    {
      key: "may",
      title: t("column.may"),
      wide: true,
      cell: (one) => (
        <Text size="sm">
          {one.workflows === null ? t("may.all") : t("may.some", { count: one.workflows.length })}
        </Text>
      ),
    },
    { key: "owner", title: t("column.owner"), wide: true, cell: (one) => <bdi>{names(one.owner)}</bdi> },
    { key: "used", title: t("column.used"), wide: true, cell: (one) => (one.last_used_at === null ? t("never") : <Ago at={one.last_used_at} />) },
    { key: "expires", title: t("column.expires"), wide: true, cell: (one) => (one.expires_at === null ? t("no_end") : format.date(one.expires_at)) },
    {
      key: "menu",
      title: <span className="visually-hidden">{t("column.actions")}</span>,
      align: "end",
      cell: (one) =>
        one.state === "active" && (
          <Group gap={4} justify="flex-end" wrap="nowrap">
            <ActionIcon variant="subtle" color="gray" aria-label={t("rotate.button", { name: one.name })} onClick={() => setOpen({ what: "rotate", of: one })}>
              <IconRefresh size={16} />
            </ActionIcon>
            <ActionIcon variant="subtle" color="red" aria-label={t("revoke.button", { name: one.name })} onClick={() => setOpen({ what: "revoke", of: one })}>
              <IconTrash size={16} />
            </ActionIcon>
          </Group>
        ),
    },
  ];
}

function Revoke({ of, onClose }: { of: KeyOut; onClose: () => void }) {
  const { t } = useTranslation("keys");
  const revoke = useAct(() => api.revokeKey({ path: { key: of.id } }), { changes: [["keys"]], quiet: true, said: t("revoke.done"), after: onClose });
  return (
    <Confirm
      title={t("revoke.title", { name: of.name })}
      text={t("revoke.text")}
      submit={t("revoke.submit")}
      opened
      onClose={onClose}
      onConfirm={() => revoke.mutate()}
      busy={revoke.isPending}
      error={revoke.error}
    />
  );
}

function Rotate({ of, onClose, onSecret }: { of: KeyOut; onClose: () => void; onSecret: (secret: string) => void }) {
  const { t } = useTranslation("keys");
  const rotate = useAct(async () => (await api.rotateKey({ path: { key: of.id }, body: { grace_seconds: 86_400 } })).data, {
    changes: [["keys"]],
    quiet: true,
    after: (made) => {
      onClose();
      onSecret(made.secret ?? "");
    },
  });
  return (
    <Confirm
      title={t("rotate.title", { name: of.name })}
      text={t("rotate.text")}
      submit={t("rotate.submit")}
      opened
      onClose={onClose}
      onConfirm={() => rotate.mutate()}
      busy={rotate.isPending}
      error={rotate.error}
    />
  );
}
