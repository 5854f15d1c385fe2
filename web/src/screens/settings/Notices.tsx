import { Button, Checkbox, Group, Stack, Switch, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type NoticesIn, type NoticesOut } from "@/api";
import { useCan } from "@/app/session";
import { ProblemNote } from "@/shared/ProblemNote";
import { SecretOnce } from "@/shared/SecretOnce";
import { useAct } from "@/shared/act";
import { Card } from "./Card";

type Kind = NoticesOut["kinds"][number];
const KINDS: readonly Kind[] = ["failure", "recovery", "quota", "credential", "backup", "mention", "owner"];

/** Of what people are told, and how. */
export function Notices() {
  const { t } = useTranslation("settings");
  const found = useQuery({ queryKey: ["notices"], queryFn: async () => (await api.showNotices()).data });
  if (found.data === undefined) return <ProblemNote error={found.error} />;
  return (
    <>
      <Card title={t("notices.title")} text={t("notices.text")}>
        <Channels notices={found.data} />
      </Card>
      <Own />
    </>
  );
}

function Channels({ notices }: { notices: NoticesOut }) {
  const { t } = useTranslation("settings");
  const can = useCan();
  const [kinds, setKinds] = useState<Kind[]>(notices.kinds);
  const [mail, setMail] = useState(notices.mail);
  const [webhook, setWebhook] = useState(notices.webhook);
  const [secret, setSecret] = useState<string | null>(null);
  const save = useAct(
    async (body: NoticesIn) => (await api.setNotices({ body })).data,
    { changes: [["notices"]], quiet: true, said: t("saved"), after: (now) => setSecret(now.webhook_secret ?? null) },
  );
  const test = useAct(() => api.testNotices(), { changes: [], said: t("notices.tested") });
  const manages = can("settings.manage");
  return (
    <>
      <Checkbox.Group label={t("notices.kinds")} value={kinds} onChange={(value) => setKinds(KINDS.filter((one) => value.includes(one)))}>
        <Stack gap={6} mt="xs">
          {KINDS.map((kind) => (
            <Checkbox key={kind} value={kind} label={t(`notices.kind.${kind}`)} disabled={!manages} />
          ))}
        </Stack>
      </Checkbox.Group>
      <Switch
        label={t("notices.mail")}
        description={notices.can_mail ? undefined : t("notices.no_mail")}
        checked={mail}
        onChange={(event) => setMail(event.currentTarget.checked)}
        disabled={!manages || !notices.can_mail}
      />
      <TextInput
        label={t("notices.webhook")}
        type="url"
        value={webhook}
        onChange={(event) => setWebhook(event.currentTarget.value)}
        placeholder="https://chat.example.org/hooks/…"
        readOnly={!manages}
        dir="ltr"
      />
      <ProblemNote error={save.error} />
      {manages && (
        <Group>
          <Button onClick={() => save.mutate({ kinds, mail, webhook, wait: notices.wait })} loading={save.isPending}>
            {t("save")}
          </Button>
          <Button variant="default" onClick={() => test.mutate()} loading={test.isPending}>
            {t("notices.test")}
          </Button>
        </Group>
      )}
      <SecretOnce title={t("notices.secret_title")} text={t("notices.secret_text")} secret={secret} onClose={() => setSecret(null)} />
    </>
  );
}

function Own() {
  const { t } = useTranslation("settings");
  const own = useQuery({ queryKey: ["notices", "own"], queryFn: async () => (await api.showOwnNotices()).data });
  const save = useAct((kinds: Kind[]) => api.setOwnNotices({ body: { kinds } }), { changes: [["notices", "own"]], said: t("saved") });
  return (
    <Card title={t("notices.own_title")} text={t("notices.own_text")}>
      <ProblemNote error={own.error} />
      <Checkbox.Group
        value={own.data?.kinds ?? []}
        onChange={(value) => save.mutate(KINDS.filter((one) => value.includes(one)))}
        aria-label={t("notices.own_title")}
      >
        <Stack gap={6}>
          {KINDS.map((kind) => (
            <Checkbox key={kind} value={kind} label={t(`notices.kind.${kind}`)} />
          ))}
        </Stack>
      </Checkbox.Group>
    </Card>
  );
}
