import { Button, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type SessionOut } from "@/api";
import { begin } from "@/app/session";
import { ProblemNote } from "@/shared/ProblemNote";
import { Entry } from "./Entry";
import { takeSecret } from "./secret";
import { textOf } from "./form";

/** The first account, by the link that Studio prints when it is started for the first time. */
export function SetUp() {
  const { t, i18n } = useTranslation("entry");
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [secret] = useState(takeSecret);
  const [differ, setDiffer] = useState(false);
  const making = useMutation({
    mutationFn: async (form: FormData): Promise<SessionOut> => {
      const { data } = await api.setUp({
        body: {
          secret,
          name: textOf(form, "name"),
          email: textOf(form, "email"),
          password: textOf(form, "password"),
          ...(i18n.language === "fr" || i18n.language === "ar" ? { lang: i18n.language } : {}),
        },
      });
      return data;
    },
    onSuccess: async (session) => {
      await begin(queries, session);
      await navigate({ to: "/workflows" });
    },
  });
  if (secret === "") {
    return (
      <Entry title={t("set_up.title")}>
        <Text>{t("set_up.no_secret")}</Text>
      </Entry>
    );
  }
  return (
    <Entry title={t("set_up.title")} text={t("set_up.text")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          const same = textOf(form, "password") === textOf(form, "again");
          setDiffer(!same);
          if (same) making.mutate(form);
        }}
      >
        <Stack>
          <TextInput name="name" label={t("name")} autoComplete="name" required autoFocus />
          <TextInput name="email" type="email" label={t("email")} autoComplete="username" required />
          <PasswordInput
            name="password"
            label={t("password")}
            description={t("password_hint", { count: 12 })}
            autoComplete="new-password"
            minLength={12}
            required
          />
          <PasswordInput
            name="again"
            label={t("password_again")}
            autoComplete="new-password"
            error={differ ? t("differ") : undefined}
            required
          />
          <ProblemNote error={making.error} />
          <Button type="submit" loading={making.isPending}>
            {t("set_up.submit")}
          </Button>
        </Stack>
      </form>
    </Entry>
  );
}
