import { Alert, List, Select, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, everyPage, type MemberOut } from "@/api";
import { FormModal } from "@/shared/FormModal";
import { ProblemNote } from "@/shared/ProblemNote";
import { useAct } from "@/shared/act";

/** Somebody leaves: what ends with them, and who gets what is theirs. */
export function OffBoard({ member, onClose }: { member: MemberOut; onClose: () => void }) {
  const { t } = useTranslation("members");
  const [heir, setHeir] = useState<string | null>(null);
  const path = { account: member.id };
  const plan = useQuery({ queryKey: ["offboarding", member.id], queryFn: async () => (await api.planOffboarding({ path })).data });
  const others = useQuery({
    queryKey: ["members", "all"],
    queryFn: () => everyPage((cursor) => api.listMembers({ query: { limit: 200, ...(cursor ? { cursor } : {}) } })),
  });
  const leave = useAct(() => api.offboardMember({ path, body: { heir } }), {
    changes: [["members"]],
    quiet: true,
    said: t("leave.done", { name: member.name }),
    after: onClose,
  });
  const left = plan.data?.workspaces ?? [];
  return (
    <FormModal
      title={t("leave.title", { name: member.name })}
      opened
      onClose={onClose}
      onSubmit={() => leave.mutate()}
      submit={t("leave.submit")}
      busy={leave.isPending}
      error={leave.error}
      danger
    >
      <Text size="sm">{t("leave.text")}</Text>
      <ProblemNote error={plan.error} />
      {left.map((place) => (
        <div key={place.workspace}>
          {place.last_admin && <Alert color="red">{t("leave.last_admin")}</Alert>}
          <List size="sm">
            {place.holdings.map((one) => (
              <List.Item key={`${one.kind} ${one.id}`}>
                {t(`holding.${one.kind}`)}: <bdi>{one.name}</bdi> ({one.fate === "ends" ? t("leave.ends") : t("leave.handed")})
              </List.Item>
            ))}
          </List>
        </div>
      ))}
      <Select
        label={t("leave.heir")}
        description={t("leave.heir_hint")}
        data={(others.data ?? []).filter((one) => one.id !== member.id && one.active && one.kind === "person").map((one) => ({ value: one.id, label: one.name }))}
        value={heir}
        onChange={setHeir}
        searchable
        clearable
      />
    </FormModal>
  );
}
