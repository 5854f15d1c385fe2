import { Alert, Checkbox, NumberInput, PasswordInput, Select, Textarea, TextInput } from "@mantine/core";
import { DateTimePicker } from "@mantine/dates";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type CredentialOut, type CredentialTypeOut, type FormFieldOut } from "@/api";
import { FormModal } from "@/shared/FormModal";
import { useAct } from "@/shared/act";
import { fieldsOf } from "./fields";
import { useCredentialTypes } from "./types";
import "@mantine/dates/styles.css";

interface Props {
  /** Where one is changed; its secrets stay unless new ones are given. */
  credential?: CredentialOut;
  /** Where only this kind fits. */
  type?: string;
  onClose: () => void;
  onMade?: (made: CredentialOut) => void;
}

/** A form by the credential's type. */
export function CredentialForm({ credential, type: fixed, onClose, onMade }: Props) {
  const { t } = useTranslation("credentials");
  const types = useCredentialTypes();
  const [chosen, setChosen] = useState<string | null>(credential?.type ?? fixed ?? null);
  const [client, setClient] = useState<string | null>(credential?.client ?? null);
  const [expires, setExpires] = useState<string | null>(credential?.expires_at ?? null);
  const type = chosen === null ? undefined : types.get(chosen);
  const save = useAct(
    async (form: FormData): Promise<CredentialOut> => {
      const common = {
        name: String(form.get("name")),
        description: String(form.get("description")),
        fields: fieldsOf(type?.fields ?? [], form, credential !== undefined),
        client,
        expires_at: expires === null ? null : new Date(expires).toISOString(),
      };
      if (credential !== undefined) {
        return (await api.changeCredential({ path: { credential: credential.id }, body: common })).data;
      }
      return (await api.createCredential({ body: { ...common, type: chosen ?? "" } })).data;
    },
    {
      changes: [["credentials"]],
      quiet: true,
      said: t("saved"),
      after: (made) => {
        onMade?.(made);
        onClose();
      },
    },
  );
  return (
    <FormModal
      title={credential === undefined ? t("form.new") : t("form.edit", { name: credential.name })}
      opened
      onClose={onClose}
      onSubmit={(form) => save.mutate(form)}
      submit={t("form.save")}
      busy={save.isPending}
      error={save.error}
    >
      {credential === undefined && fixed === undefined && (
        <Select
          label={t("form.type")}
          data={[...types.values()].map((one) => ({ value: one.id, label: one.title }))}
          value={chosen}
          onChange={setChosen}
          searchable
          required
          data-autofocus
        />
      )}
      {type !== undefined && (
        <>
          {type.description !== "" && <Alert variant="light">{type.description}</Alert>}
          <TextInput name="name" label={t("form.name")} defaultValue={credential?.name ?? type.title} required maxLength={200} />
          {type.fields.map((field) => (
            <Field key={`${type.id} ${field.name}`} field={field} credential={credential} />
          ))}
          {type.clients.length > 0 && (
            <Select label={t("form.client")} description={t("form.client_hint")} data={type.clients} value={client} onChange={setClient} clearable />
          )}
          <Reach type={type} />
          <DateTimePicker label={t("form.expires")} value={expires} onChange={setExpires} clearable />
          <Textarea name="description" label={t("form.description")} defaultValue={credential?.description ?? ""} autosize maxRows={4} />
        </>
      )}
    </FormModal>
  );
}

/** To which hosts the secret goes, and to no others. */
function Reach({ type }: { type: CredentialTypeOut }) {
  const { t } = useTranslation("credentials");
  if (type.hosts.length === 0) return null;
  return <Alert variant="light" color="gray">{t("form.hosts", { hosts: type.hosts.join(", ") })}</Alert>;
}

function Field({ field, credential }: { field: FormFieldOut; credential: CredentialOut | undefined }) {
  const { t } = useTranslation("credentials");
  const known = credential?.fields[field.name];
  const kept = credential !== undefined && field.secret;
  const common = {
    name: `field.${field.name}`,
    label: field.title,
    description: field.help || undefined,
    required: field.required && !kept,
    autoComplete: "off",
  };
  if (field.kind === "flag") {
    return <Checkbox name={common.name} label={field.title} description={common.description} defaultChecked={known === true} />;
  }
  if (field.secret) return <PasswordInput {...common} autoComplete="new-password" placeholder={kept ? t("form.kept") : undefined} />;
  if (field.kind === "number") return <NumberInput {...common} defaultValue={typeof known === "number" ? known : ""} />;
  if (field.kind === "hosts") {
    const hosts = Array.isArray(known) ? known.join(", ") : "";
    return <TextInput {...common} defaultValue={hosts} placeholder="api.example.org, *.example.net" />;
  }
  return <TextInput {...common} defaultValue={typeof known === "string" ? known : ""} />;
}
