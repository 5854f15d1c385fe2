import { Button, Group, Select, TextInput } from "@mantine/core";
import { IconMail, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type InvitationOut } from "@/api";
import { useCan } from "@/app/session";
import { Ago } from "@/shared/Ago";
import { EmptyState } from "@/shared/EmptyState";
import { FormModal } from "@/shared/FormModal";
import { ListTable, type Column } from "@/shared/ListTable";
import { SecretOnce } from "@/shared/SecretOnce";
import { useAct } from "@/shared/act";
import { usePages } from "@/shared/pages";
import { useRoles } from "./roles";

const CHANGES = [["invitations"]];

/** Who was asked in, and has not come yet. */
export function Invitations() {
  const { t } = useTranslation("members");
  const can = useCan();
  const { name } = useRoles();
  const [inviting, setInviting] = useState(false);
  const [link, setLink] = useState<string | null>(null);
  const pages = usePages(["invitations"], (cursor) => api.listInvitations({ query: cursor ? { cursor } : {} }));
  const revoke = useAct((id: string) => api.revokeInvitation({ path: { invitation: id } }), { changes: CHANGES, said: t("invitation.revoked") });
  const columns: Column<InvitationOut>[] = [
    { key: "email", title: t("column.email"), cell: (one) => <span dir="ltr">{one.email}</span> },
    { key: "role", title: t("column.role"), cell: (one) => name(one.role) },
    { key: "expires", title: t("column.expires"), wide: true, cell: (one) => <Ago at={one.expires_at} /> },
    {
      key: "menu",
      title: <span className="visually-hidden">{t("column.actions")}</span>,
      align: "end",
      cell: (one) => can("member.manage") && (
        <Button size="compact-sm" variant="subtle" color="red" onClick={() => revoke.mutate(one.id)}>
          {t("invitation.revoke")}
        </Button>
      ),
    },
  ];
  return (
    <>
      {can("member.manage") && (
        <Group justify="flex-end" mb="md">
          <Button leftSection={<IconPlus size={16} />} onClick={() => setInviting(true)}>
            {t("invitation.new")}
          </Button>
        </Group>
      )}
      <ListTable
        label={t("tab.invitations")}
        pages={pages}
        columns={columns}
        id={(one) => one.id}
        empty={<EmptyState title={t("invitation.none")} text={t("invitation.none_text")} icon={<IconMail size={40} />} />}
      />
      {inviting && <Invite onClose={() => setInviting(false)} onLink={setLink} />}
      <SecretOnce title={t("invitation.link_title")} text={t("invitation.link_text")} secret={link} onClose={() => setLink(null)} />
    </>
  );
}

function Invite({ onClose, onLink }: { onClose: () => void; onLink: (link: string) => void }) {
  const { t } = useTranslation("members");
  const { choices } = useRoles();
  const [role, setRole] = useState<string>("editor");
  const invite = useAct(async (email: string) => (await api.invite({ body: { email, role } })).data, {
    changes: CHANGES,
    quiet: true,
    said: (made) => (made.mailed ? t("invitation.mailed", { email: made.email }) : t("invitation.made")),
    after: (made) => {
      onClose();
      if (made.link !== null) onLink(made.link);
    },
  });
  return (
    <FormModal
      title={t("invitation.new")}
      opened
      onClose={onClose}
      onSubmit={(form) => invite.mutate(String(form.get("email")))}
      submit={t("invitation.submit")}
      busy={invite.isPending}
      error={invite.error}
    >
      <TextInput name="email" type="email" label={t("column.email")} required data-autofocus />
      <Select label={t("column.role")} data={choices.filter((one) => one.value !== "service")} value={role} onChange={(value) => value !== null && setRole(value)} allowDeselect={false} />
    </FormModal>
  );
}
