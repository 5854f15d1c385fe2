import { Badge, Button, Group, PasswordInput, Stack, Text } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type OpenSessionOut } from "@/api";
import { Ago } from "@/shared/Ago";
import { ProblemNote } from "@/shared/ProblemNote";
import { useAct } from "@/shared/act";
import { usePages } from "@/shared/pages";
import { textOf } from "../entry/form";
import { Card } from "./Card";
import { SecondFactor } from "./SecondFactor";

/** Password, second factor, and where one is signed in. */
export function Security() {
  return (
    <>
      <Password />
      <SecondFactor />
      <Sessions />
    </>
  );
}

function Password() {
  const { t } = useTranslation("settings");
  const [form, setForm] = useState<HTMLFormElement | null>(null);
  const [differ, setDiffer] = useState(false);
  const change = useAct(
    (given: FormData) => api.changePassword({ body: { old_password: textOf(given, "old"), password: textOf(given, "new") } }),
    { changes: [["sessions"]], quiet: true, said: t("password.done"), after: () => form?.reset() },
  );
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const same = textOf(given, "new") === textOf(given, "again");
    setDiffer(!same);
    if (same) change.mutate(given);
  };
  return (
    <form onSubmit={submit} ref={setForm}>
      <Card title={t("password.title")} text={t("password.text")}>
        <PasswordInput name="old" label={t("password.old")} autoComplete="current-password" required />
        <PasswordInput name="new" label={t("password.new")} autoComplete="new-password" minLength={12} required />
        <PasswordInput name="again" label={t("password.again")} autoComplete="new-password" required error={differ ? t("password.differ") : undefined} />
        <ProblemNote error={change.error} />
        <Button type="submit" loading={change.isPending} w="fit-content">
          {t("password.submit")}
        </Button>
      </Card>
    </form>
  );
}

function Sessions() {
  const { t } = useTranslation("settings");
  const pages = usePages(["sessions"], (cursor) => api.listOwnSessions({ query: cursor ? { cursor } : {} }));
  const end = useAct((session: string) => api.endOwnSession({ path: { session } }), { changes: [["sessions"]], said: t("sessions.ended") });
  const endOthers = useAct(() => api.endOtherSessions(), { changes: [["sessions"]], said: t("sessions.ended") });
  return (
    <Card title={t("sessions.title")} text={t("sessions.text")}>
      <ProblemNote error={pages.error} />
      <Stack gap="xs">
        {pages.items?.map((one) => (
          <Session key={one.id} session={one} onEnd={() => end.mutate(one.id)} />
        ))}
      </Stack>
      {pages.more !== null && (
        <Button variant="subtle" onClick={pages.more}>
          {t("common:more")}
        </Button>
      )}
      {(pages.items?.length ?? 0) > 1 && (
        <Button variant="default" w="fit-content" onClick={() => endOthers.mutate()} loading={endOthers.isPending}>
          {t("sessions.end_others")}
        </Button>
      )}
    </Card>
  );
}

function Session({ session, onEnd }: { session: OpenSessionOut; onEnd: () => void }) {
  const { t } = useTranslation("settings");
  return (
    <Group justify="space-between" wrap="nowrap">
      <div>
        <Text size="sm" lineClamp={1} dir="ltr" ta="start">
          {session.agent || session.kind}
        </Text>
        <Text size="xs" c="var(--studio-muted)">
          <bdi dir="ltr">{session.ip}</bdi> · <Ago at={session.seen_at} />
        </Text>
      </div>
      {session.current ? (
        <Badge variant="light" tt="none" style={{ flex: "none" }}>
          {t("sessions.this")}
        </Badge>
      ) : (
        <Button size="compact-sm" variant="subtle" color="red" onClick={onEnd} style={{ flex: "none" }}>
          {t("sessions.end")}
        </Button>
      )}
    </Group>
  );
}
