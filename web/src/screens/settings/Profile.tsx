import { Button, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";

import { api } from "@/api";
import { LANGUAGES, isLanguage, speak } from "@/i18n";
import { ProblemNote } from "@/shared/ProblemNote";
import { useAct } from "@/shared/act";
import { Card } from "./Card";

/** Name, language, time zone. */
export function Profile() {
  const { t } = useTranslation("settings");
  const profile = useQuery({ queryKey: ["profile"], queryFn: async () => (await api.showProfile()).data });
  const [zone, setZone] = useState<string | null>(null);
  const [language, setLanguage] = useState<string | null>(null);
  const save = useAct(
    async (name: string) => {
      const lang = language !== null && isLanguage(language) ? language : undefined;
      await api.changeProfile({ body: { name, ...(zone === null ? {} : { time_zone: zone }), ...(lang === undefined ? {} : { lang }) } });
      if (lang !== undefined) await speak(lang);
    },
    { changes: [["profile"], ["session"]], quiet: true, said: t("saved") },
  );
  if (profile.data === undefined) return <ProblemNote error={profile.error} />;
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    save.mutate(String(new FormData(event.currentTarget).get("name")));
  };
  return (
    <form onSubmit={submit}>
      <Card title={t("profile.title")}>
        <TextInput name="name" label={t("profile.name")} defaultValue={profile.data.name} required maxLength={200} />
        <TextInput label={t("profile.email")} value={profile.data.email} readOnly dir="ltr" />
        <Select
          label={t("profile.language")}
          data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
          value={language ?? profile.data.lang}
          onChange={setLanguage}
          allowDeselect={false}
        />
        <Select
          label={t("profile.time_zone")}
          data={Intl.supportedValuesOf("timeZone")}
          value={zone ?? profile.data.time_zone}
          onChange={setZone}
          searchable
          limit={60}
          allowDeselect={false}
        />
        <ProblemNote error={save.error} />
        <Button type="submit" loading={save.isPending} w="fit-content">
          {t("save")}
        </Button>
      </Card>
    </form>
  );
}
