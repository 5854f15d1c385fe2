import { Button, Switch, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";

import { api } from "@/api";
import { useCan, useSession } from "@/app/session";
import { ProblemNote } from "@/shared/ProblemNote";
import { useAct } from "@/shared/act";
import { Card } from "./Card";

/** Name of the workspace, and what it asks of its members. */
export function Workspace() {
  const { t } = useTranslation("settings");
  const can = useCan();
  const { workspace } = useSession();
  const path = { workspace };
  const found = useQuery({ queryKey: ["workspace", workspace], queryFn: async () => (await api.showWorkspace({ path })).data });
  const [factor, setFactor] = useState<boolean | null>(null);
  const save = useAct(
    (name: string) => api.changeWorkspace({ path, body: { name, ...(factor === null ? {} : { second_factor: factor }) } }),
    { changes: [["workspace"], ["session"]], quiet: true, said: t("saved") },
  );
  if (found.data === undefined) return <ProblemNote error={found.error} />;
  const manages = can("settings.manage");
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    save.mutate(String(new FormData(event.currentTarget).get("name")));
  };
  return (
    <form onSubmit={submit}>
      <Card title={t("workspace.title")}>
        <TextInput name="name" label={t("workspace.name")} defaultValue={found.data.name} required maxLength={200} readOnly={!manages} />
        <Switch
          label={t("workspace.factor")}
          description={t("workspace.factor_hint")}
          checked={factor ?? found.data.second_factor}
          onChange={(event) => setFactor(event.currentTarget.checked)}
          disabled={!manages}
        />
        <ProblemNote error={save.error} />
        {manages && (
          <Button type="submit" loading={save.isPending} w="fit-content">
            {t("save")}
          </Button>
        )}
      </Card>
    </form>
  );
}
