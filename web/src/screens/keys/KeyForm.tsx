import { MultiSelect, NumberInput, TagsInput, TextInput } from "@mantine/core";
import { DatePickerInput } from "@mantine/dates";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, everyPage } from "@/api";
import { FormModal } from "@/shared/FormModal";
import { useAct } from "@/shared/act";
import "@mantine/dates/styles.css";

/** What keys are for; each of them is a permission that may be left out. */
const ACTIONS = ["workflow.execute", "execution.view", "execution.control", "execution.decide", "workflow.view"] as const;

/** A new key: for which workflows, for what, from where and until when. */
export function KeyForm({ onClose, onSecret }: { onClose: () => void; onSecret: (secret: string) => void }) {
  const { t } = useTranslation("keys");
  const [workflows, setWorkflows] = useState<string[]>([]);
  const [permissions, setPermissions] = useState<string[]>(["workflow.execute", "execution.view"]);
  const [ips, setIps] = useState<string[]>([]);
  const [expires, setExpires] = useState<string | null>(null);
  const [minute, setMinute] = useState<number | string>("");
  const [day, setDay] = useState<number | string>("");
  const all = useQuery({
    queryKey: ["workflows", "names"],
    queryFn: () => everyPage((cursor) => api.listWorkflows({ query: { limit: 200, ...(cursor ? { cursor } : {}) } })),
  });
  const make = useAct(
    async (name: string) =>
      (
        await api.createKey({
          body: {
            name,
            workflows: workflows.length > 0 ? workflows : null,
            permissions,
            ips,
            ...(expires === null ? {} : { expires_at: new Date(`${expires}T23:59:59`).toISOString() }),
            ...(typeof minute === "number" ? { requests_per_minute: minute } : {}),
            ...(typeof day === "number" ? { executions_per_day: day } : {}),
          },
        })
      ).data,
    {
      changes: [["keys"]],
      quiet: true,
      after: (made) => {
        onClose();
        onSecret(made.secret ?? "");
      },
    },
  );
  return (
    <FormModal
      title={t("new")}
      opened
      onClose={onClose}
      onSubmit={(form) => make.mutate(String(form.get("name")))}
      submit={t("form.submit")}
      busy={make.isPending}
      error={make.error}
    >
      <TextInput name="name" label={t("column.name")} required maxLength={200} data-autofocus />
      <MultiSelect
        label={t("form.workflows")}
        placeholder={workflows.length === 0 ? t("may.all") : undefined}
        data={all.data?.map((one) => ({ value: one.id, label: one.name })) ?? []}
        value={workflows}
        onChange={setWorkflows}
        searchable
        clearable
      />
      <MultiSelect
        label={t("form.permissions")}
        data={ACTIONS.map((value) => ({ value, label: t(`action.${value.replace(".", "_")}`) }))}
        value={permissions}
        onChange={setPermissions}
        required
      />
      <TagsInput label={t("form.ips")} description={t("form.ips_hint")} value={ips} onChange={setIps} clearable dir="ltr" />
      <DatePickerInput label={t("form.expires")} value={expires} onChange={setExpires} clearable minDate={new Date()} />
      <NumberInput label={t("form.minute")} value={minute} onChange={setMinute} min={1} allowDecimal={false} placeholder={t("form.unlimited")} />
      <NumberInput label={t("form.day")} value={day} onChange={setDay} min={1} allowDecimal={false} placeholder={t("form.unlimited")} />
    </FormModal>
  );
}
