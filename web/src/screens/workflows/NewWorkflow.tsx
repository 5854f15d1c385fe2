import { TagsInput, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type WorkflowOut } from "@/api";
import { FormModal } from "@/shared/FormModal";
import { useAct } from "@/shared/act";

/** A new workflow, empty, opened at once. */
export function NewWorkflow({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation("workflows");
  const navigate = useNavigate();
  const [tags, setTags] = useState<string[]>([]);
  const make = useAct(
    async (name: string): Promise<WorkflowOut> =>
      (await api.createWorkflow({ body: { document: { studio: 1, name, nodes: {} }, tags } })).data,
    {
      changes: [["workflows"]],
      quiet: true,
      after: (made) => void navigate({ to: "/workflows/$workflow", params: { workflow: made.id } }),
    },
  );
  return (
    <FormModal
      title={t("new.title")}
      opened={opened}
      onClose={onClose}
      onSubmit={(form) => make.mutate(String(form.get("name")))}
      submit={t("new.submit")}
      busy={make.isPending}
      error={make.error}
    >
      <TextInput name="name" label={t("column.name")} required maxLength={200} data-autofocus />
      <TagsInput label={t("new.tags")} value={tags} onChange={setTags} clearable />
    </FormModal>
  );
}
