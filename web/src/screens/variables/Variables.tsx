import { ActionIcon, Badge, Button, Checkbox, Code, Group, JsonInput, PasswordInput, Textarea, TextInput } from "@mantine/core";
import { IconEdit, IconPlus, IconTrash, IconVariable } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type VariableOut } from "@/api";
import { useCan } from "@/app/session";
import { Ago } from "@/shared/Ago";
import { Confirm } from "@/shared/Confirm";
import { EmptyState } from "@/shared/EmptyState";
import { FormModal } from "@/shared/FormModal";
import { ListTable, type Column } from "@/shared/ListTable";
import { PageHeader } from "@/shared/PageHeader";
import { Screen } from "@/shared/Screen";
import { useAct } from "@/shared/act";
import { usePages } from "@/shared/pages";
import { shownValue, valueOf } from "./value";

type Open = { what: "new" } | { what: "edit" | "delete"; variable: VariableOut } | null;
const CHANGES = [["variables"]];

/** Values that every workflow of the workspace reads as `vars.name`. */
export function Variables() {
  const { t } = useTranslation("variables");
  const can = useCan();
  const manages = can("variable.manage");
  const [open, setOpen] = useState<Open>(null);
  const pages = usePages(["variables"], (cursor) => api.listVariables({ query: cursor ? { cursor } : {} }));
  const columns = useColumns(manages, setOpen);
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
        id={(one) => one.name}
        empty={
          <EmptyState title={t("empty.title")} text={t("empty.text")} icon={<IconVariable size={40} />}>
            {manages && <Button onClick={() => setOpen({ what: "new" })}>{t("new")}</Button>}
          </EmptyState>
        }
      />
      {open?.what === "new" && <VariableForm onClose={() => setOpen(null)} />}
      {open?.what === "edit" && <VariableForm variable={open.variable} onClose={() => setOpen(null)} />}
      {open?.what === "delete" && <DeleteVariable variable={open.variable} onClose={() => setOpen(null)} />}
    </Screen>
  );
}

function useColumns(manages: boolean, setOpen: (open: Open) => void): Column<VariableOut>[] {
  const { t } = useTranslation("variables");
  return [
    { key: "name", title: t("column.name"), cell: (one) => <Code dir="ltr">vars.{one.name}</Code> },
    {
      key: "value",
      title: t("column.value"),
      cell: (one) =>
        one.secret ? (
          <Badge color="gray" variant="light" tt="none">
            {t("secret")}
          </Badge>
        ) : (
          <Code dir="ltr">{shownValue(one.value)}</Code>
        ),
    },
    { key: "description", title: t("column.description"), wide: true, cell: (one) => one.description },
    { key: "changed", title: t("column.changed"), wide: true, cell: (one) => <Ago at={one.updated_at} /> },
    {
      key: "menu",
      title: <span className="visually-hidden">{t("column.actions")}</span>,
      align: "end",
      cell: (one) =>
        manages && (
          <Group gap={4} justify="flex-end" wrap="nowrap">
            <ActionIcon variant="subtle" color="gray" aria-label={t("edit", { name: one.name })} onClick={() => setOpen({ what: "edit", variable: one })}>
              <IconEdit size={16} />
            </ActionIcon>
            <ActionIcon variant="subtle" color="red" aria-label={t("delete.button", { name: one.name })} onClick={() => setOpen({ what: "delete", variable: one })}>
              <IconTrash size={16} />
            </ActionIcon>
          </Group>
        ),
    },
  ];
}

function VariableForm({ variable, onClose }: { variable?: VariableOut; onClose: () => void }) {
  const { t } = useTranslation("variables");
  const [secret, setSecret] = useState(variable?.secret ?? false);
  const [value, setValue] = useState(variable === undefined || variable.secret ? "" : shownValue(variable.value));
  const save = useAct(
    (form: FormData) =>
      api.setVariable({
        path: { name: variable?.name ?? String(form.get("name")) },
        body: { value: secret ? value : valueOf(value), secret, description: String(form.get("description")) },
      }),
    { changes: CHANGES, quiet: true, said: t("saved"), after: onClose },
  );
  return (
    <FormModal
      title={variable === undefined ? t("new") : t("edit", { name: variable.name })}
      opened
      onClose={onClose}
      onSubmit={(form) => save.mutate(form)}
      submit={t("save")}
      busy={save.isPending}
      error={save.error}
    >
      {variable === undefined && (
        <TextInput name="name" label={t("column.name")} description={t("name_hint")} pattern="[a-z][a-z0-9_]*" required maxLength={64} data-autofocus />
      )}
      <Checkbox label={t("secret_label")} description={t("secret_hint")} checked={secret} onChange={(event) => setSecret(event.currentTarget.checked)} />
      {secret ? (
        <PasswordInput
          label={t("column.value")}
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
          autoComplete="new-password"
          required
        />
      ) : (
        <JsonInput label={t("column.value")} description={t("value_hint")} value={value} onChange={setValue} autosize minRows={2} maxRows={12} required dir="ltr" />
      )}
      <Textarea name="description" label={t("column.description")} defaultValue={variable?.description ?? ""} autosize maxRows={4} />
    </FormModal>
  );
}

function DeleteVariable({ variable, onClose }: { variable: VariableOut; onClose: () => void }) {
  const { t } = useTranslation("variables");
  const remove = useAct(() => api.deleteVariable({ path: { name: variable.name } }), {
    changes: CHANGES,
    quiet: true,
    said: t("deleted"),
    after: onClose,
  });
  return (
    <Confirm
      title={t("delete.title", { name: variable.name })}
      text={t("delete.text")}
      submit={t("delete.submit")}
      opened
      onClose={onClose}
      onConfirm={() => remove.mutate()}
      busy={remove.isPending}
      error={remove.error}
    />
  );
}
