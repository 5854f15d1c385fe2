import { Button, Divider, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type ChallengeOut, type SessionOut } from "@/api";
import { begin } from "@/app/session";
import { ProblemNote } from "@/shared/ProblemNote";
import { Entry } from "./Entry";
import { textOf } from "./form";

/** Address and password, and the second factor where there is one. */
export function SignIn() {
  const { t } = useTranslation("entry");
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { to } = useSearch({ from: "/sign-in" });
  const [challenge, setChallenge] = useState<string | null>(null);

  const enter = async (found: SessionOut | ChallengeOut): Promise<void> => {
    if ("challenge" in found) {
      setChallenge(found.challenge);
      return;
    }
    await begin(queries, found);
    await navigate({ href: to?.startsWith("/") && !to.startsWith("//") ? to : "/workflows" });
  };
  const password = useMutation({
    mutationFn: async (form: FormData) =>
      (await api.signIn({ body: { email: textOf(form, "email"), password: textOf(form, "password"), client: "browser" } })).data,
    onSuccess: enter,
  });
  const code = useMutation({
    mutationFn: async (form: FormData) =>
      (await api.secondStep({ body: { challenge: challenge ?? "", code: textOf(form, "code") } })).data,
    onSuccess: enter,
  });

  if (challenge !== null) {
    return (
      <Entry title={t("second.title")} text={t("second.text")}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            code.mutate(new FormData(event.currentTarget));
          }}
        >
          <Stack>
            <TextInput name="code" label={t("second.code")} autoComplete="one-time-code" required autoFocus />
            <ProblemNote error={code.error} />
            <Button type="submit" loading={code.isPending}>
              {t("second.submit")}
            </Button>
            <Button variant="subtle" onClick={() => setChallenge(null)}>
              {t("second.back")}
            </Button>
          </Stack>
        </form>
      </Entry>
    );
  }
  return (
    <Entry title={t("sign_in.title")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          password.mutate(new FormData(event.currentTarget));
        }}
      >
        <Stack>
          <TextInput name="email" type="email" label={t("email")} autoComplete="username" required autoFocus />
          <PasswordInput name="password" label={t("password")} autoComplete="current-password" required />
          <ProblemNote error={password.error} />
          <Button type="submit" loading={password.isPending}>
            {t("sign_in.submit")}
          </Button>
          <Ways />
          <Text size="sm" ta="center">
            <Link to="/reset">{t("sign_in.forgotten")}</Link>
          </Text>
        </Stack>
      </form>
    </Entry>
  );
}

/** Identity providers that one can sign in with. */
function Ways() {
  const { t } = useTranslation("entry");
  const ways = useQuery({ queryKey: ["sign-in-ways"], queryFn: async () => (await api.listSignInWays()).data.items });
  if (ways.data === undefined || ways.data.length === 0) return null;
  return (
    <>
      <Divider label={t("sign_in.or")} />
      {ways.data.map((way) => (
        <Button key={way.id} component="a" href={way.url} variant="default">
          {t("sign_in.with", { name: way.name })}
        </Button>
      ))}
    </>
  );
}
