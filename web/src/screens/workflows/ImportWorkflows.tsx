import { Alert, FileInput, List, Select } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type ImportIn, type ImportOut } from "@/api";
import { FormModal } from "@/shared/FormModal";
import { useAct } from "@/shared/act";

type Existing = NonNullable<ImportIn["existing"]>;
const EXISTING: readonly Existing[] = ["refuse", "new", "draft"];

/** Workflows from files; what is wrong with one is said beside it, and it is there to be mended. */
export function ImportWorkflows({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation("workflows");
  const [files, setFiles] = useState<File[]>([]);
  const [existing, setExisting] = useState<Existing>("refuse");
  const [came, setCame] = useState<ImportOut | null>(null);
  const bring = useAct(
    async (): Promise<ImportOut> => {
      const read = await Promise.all(files.map(async (file) => ({ name: file.name, text: await file.text() })));
      return (await api.importWorkflows({ body: { files: read, existing } })).data;
    },
    {
      changes: [["workflows"]],
      quiet: true,
      said: (out) => t("import.came", { count: out.items.length }),
      after: (out) => {
        setFiles([]);
        if (out.items.some((one) => one.problems.length > 0)) setCame(out);
        else onClose();
      },
    },
  );
  const close = (): void => {
    setCame(null);
    onClose();
  };
  return (
    <FormModal
      title={t("import.title")}
      opened={opened}
      onClose={close}
      onSubmit={() => (came === null ? bring.mutate() : close())}
      submit={came === null ? t("import.submit") : t("import.close")}
      busy={bring.isPending}
      error={bring.error}
    >
      {came === null ? (
        <>
          <FileInput
            label={t("import.files")}
            description={t("import.hint")}
            placeholder={t("import.choose")}
            accept=".yaml,.yml,.json"
            multiple
            required
            value={files}
            onChange={setFiles}
          />
          <Select
            label={t("import.existing")}
            data={EXISTING.map((value) => ({ value, label: t(`import.${value}`) }))}
            value={existing}
            onChange={(value) => setExisting(EXISTING.find((one) => one === value) ?? "refuse")}
            allowDeselect={false}
          />
        </>
      ) : (
        came.items.flatMap((one) =>
          one.problems.length === 0
            ? []
            : [
                <Alert key={one.file} color="yellow" title={one.workflow.name}>
                  <List size="sm">
                    {one.problems.slice(0, 8).map((problem) => (
                      <List.Item key={`${problem.code} ${problem.node} ${problem.param}`}>{problem.message}</List.Item>
                    ))}
                  </List>
                </Alert>,
              ],
        )
      )}
    </FormModal>
  );
}
