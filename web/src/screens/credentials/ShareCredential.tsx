import { ActionIcon, Button, Group, Select, Stack, Text } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, everyPage, type CredentialOut } from "@/api";
import { FormModal } from "@/shared/FormModal";
import { useAct } from "@/shared/act";

type Level = "use" | "manage";
type Grants = Record<string, Level>;

/** Who may use a credential, and who may change it. */
export function ShareCredential({ credential, onClose }: { credential: CredentialOut; onClose: () => void }) {
  const { t } = useTranslation("credentials");
  const [everyone, setEveryone] = useState<Level | null>(credential.sharing?.everyone ?? null);
  const [members, setMembers] = useState<Grants>(credential.sharing?.members ?? {});
  const [groups, setGroups] = useState<Grants>(credential.sharing?.groups ?? {});
  const people = useQuery({
    queryKey: ["members", "all"],
    queryFn: () => everyPage((cursor) => api.listMembers({ query: { limit: 200, ...(cursor ? { cursor } : {}) } })),
  });
  const sets = useQuery({ queryKey: ["groups", "all"], queryFn: () => everyPage((cursor) => api.listGroups({ query: cursor ? { cursor } : {} })) });
  const share = useAct(
    () => api.shareCredential({ path: { credential: credential.id }, body: { members, groups, everyone } }),
    { changes: [["credentials"]], quiet: true, said: t("saved"), after: onClose },
  );
  return (
    <FormModal
      title={t("share.title", { name: credential.name })}
      opened
      onClose={onClose}
      onSubmit={() => share.mutate()}
      submit={t("form.save")}
      busy={share.isPending}
      error={share.error}
    >
      <Text size="sm">{t("share.text")}</Text>
      <Select
        label={t("share.everyone")}
        data={[{ value: "use", label: t("share.use") }, { value: "manage", label: t("share.manage") }]}
        value={everyone}
        onChange={(value) => setEveryone(value === "use" || value === "manage" ? value : null)}
        placeholder={t("share.nobody")}
        clearable
      />
      <Granted
        label={t("share.members")}
        grants={members}
        set={setMembers}
        choices={(people.data ?? []).filter((one) => one.id !== credential.owner).map((one) => ({ value: one.id, label: one.name }))}
      />
      <Granted label={t("share.groups")} grants={groups} set={setGroups} choices={(sets.data ?? []).map((one) => ({ value: one.id, label: one.name }))} />
    </FormModal>
  );
}

interface GrantedProps {
  label: string;
  grants: Grants;
  set: (grants: Grants) => void;
  choices: { value: string; label: string }[];
}

function Granted({ label, grants, set, choices }: GrantedProps) {
  const { t } = useTranslation("credentials");
  const name = (id: string): string => choices.find((one) => one.value === id)?.label ?? id;
  const left = choices.filter((one) => !(one.value in grants));
  if (choices.length === 0) return null;
  return (
    <Stack gap="xs">
      <Select label={label} placeholder={t("share.add")} data={left} value={null} searchable onChange={(id) => id !== null && set({ ...grants, [id]: "use" })} />
      {Object.entries(grants).map(([id, level]) => (
        <Group key={id} gap="xs" justify="space-between">
          <Text size="sm" component="bdi">
            {name(id)}
          </Text>
          <Group gap={4}>
            <Button size="compact-xs" variant="light" onClick={() => set({ ...grants, [id]: level === "use" ? "manage" : "use" })}>
              {level === "use" ? t("share.use") : t("share.manage")}
            </Button>
            <ActionIcon
              size="sm"
              variant="subtle"
              color="gray"
              aria-label={t("share.remove", { name: name(id) })}
              onClick={() => set(Object.fromEntries(Object.entries(grants).filter(([other]) => other !== id)))}
            >
              <IconX size={14} />
            </ActionIcon>
          </Group>
        </Group>
      ))}
    </Stack>
  );
}
