import { Button, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";

import { api } from "@/api";
import { begin, sessionQuery } from "@/app/session";
import { ProblemNote } from "@/shared/ProblemNote";
import { Entry } from "./Entry";
import { textOf } from "./form";
import { takeSecret } from "./secret";

/** An invitation: taken with the account one has, or with a new one. */
export function Invitation() {
  const { t } = useTranslation("entry");
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [secret] = useState(takeSecret);
  const session = useQuery(sessionQuery);
  const offer = useQuery({
    queryKey: ["invitation"],
    queryFn: async () => (await api.lookAtInvitation({ body: { secret } })).data,
    retry: false,
    staleTime: Infinity,
  });
  const accept = useMutation({
    mutationFn: () => api.acceptInvitation({ body: { secret } }),
    onSuccess: async () => {
      await queries.invalidateQueries();
      await navigate({ to: "/workflows" });
    },
  });
  const join = useMutation({
    mutationFn: async (form: FormData) =>
      (await api.join({ body: { secret, name: textOf(form, "name"), password: textOf(form, "password") } })).data,
    onSuccess: async (joined) => {
      await begin(queries, joined);
      await navigate({ to: "/workflows" });
    },
  });
  if (offer.data === undefined) {
    return <Entry title={t("invitation.title")}>{offer.error !== null && <ProblemNote error={offer.error} />}</Entry>;
  }
  const { name, email } = offer.data;
  const mine = session.data?.account.email === email;
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    join.mutate(new FormData(event.currentTarget));
  };
  return (
    <Entry title={t("invitation.to", { name })} text={t("invitation.text", { email })}>
      {mine ? (
        <Stack>
          <ProblemNote error={accept.error} />
          <Button onClick={() => accept.mutate()} loading={accept.isPending}>
            {t("invitation.accept")}
          </Button>
        </Stack>
      ) : (
        <form onSubmit={submit}>
          <Stack>
            <TextInput name="name" label={t("name")} autoComplete="name" required autoFocus />
            <PasswordInput
              name="password"
              label={t("password")}
              description={t("password_hint", { count: 12 })}
              autoComplete="new-password"
              minLength={12}
              required
            />
            <ProblemNote error={join.error} />
            <Button type="submit" loading={join.isPending}>
              {t("invitation.join")}
            </Button>
            <Text size="sm" ta="center">
              <Link to="/sign-in" search={{ to: "/invitation" }}>
                {t("invitation.have")}
              </Link>
            </Text>
          </Stack>
        </form>
      )}
    </Entry>
  );
}
