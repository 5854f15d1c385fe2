import { Button, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";

import { api } from "@/api";
import { ProblemNote } from "@/shared/ProblemNote";
import { tell } from "@/shared/told";
import { Entry } from "./Entry";
import { textOf } from "./form";
import { takeSecret } from "./secret";

/** Another password: by a link where one came with it, else by asking for one. */
export function Reset() {
  const [secret] = useState(takeSecret);
  return secret === "" ? <Ask /> : <Finish secret={secret} />;
}

function Ask() {
  const { t } = useTranslation("entry");
  const ask = useMutation({ mutationFn: async (email: string) => (await api.askReset({ body: { email } })).data });
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    ask.mutate(textOf(new FormData(event.currentTarget), "email"));
  };
  return (
    <Entry title={t("reset.title")} text={t("reset.text")}>
      {ask.data === undefined ? (
        <form onSubmit={submit}>
          <Stack>
            <TextInput name="email" type="email" label={t("email")} autoComplete="username" required autoFocus />
            <ProblemNote error={ask.error} />
            <Button type="submit" loading={ask.isPending}>
              {t("reset.ask")}
            </Button>
          </Stack>
        </form>
      ) : (
        <output>{ask.data.mail ? t("reset.mailed") : t("reset.no_mail")}</output>
      )}
      <Text size="sm" mt="md">
        <Link to="/sign-in">{t("reset.back")}</Link>
      </Text>
    </Entry>
  );
}

function Finish({ secret }: { secret: string }) {
  const { t } = useTranslation("entry");
  const navigate = useNavigate();
  const [differ, setDiffer] = useState(false);
  const finish = useMutation({
    mutationFn: (password: string) => api.finishReset({ body: { secret, password } }),
    onSuccess: async () => {
      tell(t("reset.done"));
      await navigate({ to: "/sign-in" });
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const same = textOf(form, "password") === textOf(form, "again");
    setDiffer(!same);
    if (same) finish.mutate(textOf(form, "password"));
  };
  return (
    <Entry title={t("reset.title")}>
      <form onSubmit={submit}>
        <Stack>
          <PasswordInput name="password" label={t("password")} description={t("password_hint", { count: 12 })} autoComplete="new-password" minLength={12} required autoFocus />
          <PasswordInput name="again" label={t("password_again")} autoComplete="new-password" required error={differ ? t("differ") : undefined} />
          <ProblemNote error={finish.error} />
          <Button type="submit" loading={finish.isPending}>
            {t("reset.submit")}
          </Button>
        </Stack>
      </form>
    </Entry>
  );
}
