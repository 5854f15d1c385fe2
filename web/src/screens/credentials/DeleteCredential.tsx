import { List, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { api, type CredentialOut } from "@/api";
import { Confirm } from "@/shared/Confirm";
import { useAct } from "@/shared/act";

/** Asks before a credential goes, and says what uses it. */
export function DeleteCredential({ credential, onClose }: { credential: CredentialOut; onClose: () => void }) {
  const { t } = useTranslation("credentials");
  const path = { credential: credential.id };
  const usage = useQuery({
    queryKey: ["credentials", credential.id, "usage"],
    queryFn: async () => (await api.showCredentialUsage({ path })).data,
  });
  const remove = useAct(() => api.deleteCredential({ path }), {
    changes: [["credentials"]],
    quiet: true,
    said: t("deleted"),
    after: onClose,
  });
  const places = usage.data?.items ?? [];
  const others = usage.data?.hidden ?? 0;
  return (
    <Confirm
      title={t("delete.title", { name: credential.name })}
      text={
        <>
          {t("delete.text")}
          {places.length > 0 && (
            <>
              <Text size="sm" mt="sm" fw={600}>
                {t("delete.used")}
              </Text>
              <List size="sm">
                {places.map((one) => (
                  <List.Item key={one.workflow}>{one.name}</List.Item>
                ))}
                {others > 0 && <List.Item>{t("delete.more", { count: others })}</List.Item>}
              </List>
            </>
          )}
        </>
      }
      submit={t("menu.delete")}
      opened
      onClose={onClose}
      onConfirm={() => remove.mutate()}
      busy={remove.isPending}
      error={remove.error}
    />
  );
}
