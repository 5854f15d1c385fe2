import { Badge, Button, Code, Group, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api } from "@/api";
import { FormModal } from "@/shared/FormModal";
import { SecretOnce } from "@/shared/SecretOnce";
import { useAct } from "@/shared/act";
import { textOf } from "../entry/form";
import { Card } from "./Card";

const CHANGES = [["profile"], ["session"]];

/** A code from an app, beside the password. */
export function SecondFactor() {
  const { t } = useTranslation("settings");
  const [step, setStep] = useState<"on" | "off" | "codes" | null>(null);
  const [codes, setCodes] = useState<string | null>(null);
  const profile = useQuery({ queryKey: ["profile"], queryFn: async () => (await api.showProfile()).data });
  const on = profile.data?.second_factor ?? false;
  return (
    <Card title={t("factor.title")} text={t("factor.text")}>
      <Group justify="space-between">
        <Badge variant="light" tt="none" color={on ? "teal" : "gray"}>
          {on ? t("factor.on") : t("factor.off")}
        </Badge>
        <Group gap="xs">
          {on && (
            <Button variant="default" size="xs" onClick={() => setStep("codes")}>
              {t("factor.new_codes")}
            </Button>
          )}
          <Button size="xs" variant={on ? "default" : "filled"} onClick={() => setStep(on ? "off" : "on")}>
            {on ? t("factor.turn_off") : t("factor.turn_on")}
          </Button>
        </Group>
      </Group>
      {step === "on" && <Enrol onClose={() => setStep(null)} onCodes={setCodes} />}
      {step === "off" && <TurnOff onClose={() => setStep(null)} />}
      {step === "codes" && <NewCodes onClose={() => setStep(null)} onCodes={setCodes} />}
      <SecretOnce title={t("factor.codes_title")} text={t("factor.codes_text")} secret={codes} onClose={() => setCodes(null)} />
    </Card>
  );
}

interface StepProps {
  onClose: () => void;
  onCodes: (codes: string) => void;
}

function Enrol({ onClose, onCodes }: StepProps) {
  const { t } = useTranslation("settings");
  const [made, setMade] = useState<{ secret: string; uri: string } | null>(null);
  const enrol = useAct(async (password: string) => (await api.enrolSecondFactor({ body: { password } })).data, {
    changes: [],
    quiet: true,
    after: setMade,
  });
  const confirm = useAct(async (code: string) => (await api.confirmSecondFactor({ body: { code } })).data, {
    changes: CHANGES,
    quiet: true,
    after: (found) => {
      onClose();
      onCodes(found.codes.join("\n"));
    },
  });
  return (
    <FormModal
      title={t("factor.turn_on")}
      opened
      onClose={onClose}
      onSubmit={(form) => (made === null ? enrol.mutate(textOf(form, "password")) : confirm.mutate(textOf(form, "code")))}
      submit={t("factor.continue")}
      busy={enrol.isPending || confirm.isPending}
      error={made === null ? enrol.error : confirm.error}
    >
      {made === null ? (
        <PasswordInput key="password" name="password" label={t("factor.password")} autoComplete="current-password" required data-autofocus />
      ) : (
        <Stack gap="xs" key="code">
          <Text size="sm">{t("factor.scan")}</Text>
          <Code block dir="ltr" style={{ overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}>
            {made.secret}
          </Code>
          <Text size="sm" component="a" href={made.uri} c="indigo">
            {t("factor.open")}
          </Text>
          <TextInput name="code" label={t("factor.code")} inputMode="numeric" autoComplete="one-time-code" required />
        </Stack>
      )}
    </FormModal>
  );
}

function TurnOff({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("settings");
  const off = useAct((password: string) => api.disableSecondFactor({ body: { password } }), { changes: CHANGES, quiet: true, after: onClose });
  return (
    <FormModal
      title={t("factor.turn_off")}
      opened
      onClose={onClose}
      onSubmit={(form) => off.mutate(textOf(form, "password"))}
      submit={t("factor.turn_off")}
      busy={off.isPending}
      error={off.error}
      danger
    >
      <PasswordInput name="password" label={t("factor.password")} autoComplete="current-password" required data-autofocus />
    </FormModal>
  );
}

function NewCodes({ onClose, onCodes }: StepProps) {
  const { t } = useTranslation("settings");
  const make = useAct(async (password: string) => (await api.makeRecoveryCodes({ body: { password } })).data, {
    changes: CHANGES,
    quiet: true,
    after: (found) => {
      onClose();
      onCodes(found.codes.join("\n"));
    },
  });
  return (
    <FormModal
      title={t("factor.new_codes")}
      opened
      onClose={onClose}
      onSubmit={(form) => make.mutate(textOf(form, "password"))}
      submit={t("factor.continue")}
      busy={make.isPending}
      error={make.error}
    >
      <PasswordInput name="password" label={t("factor.password")} autoComplete="current-password" required data-autofocus />
    </FormModal>
  );
}
