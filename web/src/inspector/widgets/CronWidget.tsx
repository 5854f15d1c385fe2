/** A cron expression by choosing, in words, and with the times at which it fires next. */
import { Chip, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { TimePicker } from "@mantine/dates";
import "@mantine/dates/styles.css";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { localeOf } from "@/i18n";
import { useForm } from "../context";
import { nextTimes, readCron } from "./cron";
import { build, rhythmOf, RHYTHMS, type Plan, type Rhythm } from "./rhythm";
import { inputOf, type WidgetProps } from "./props";

export function CronWidget(props: WidgetProps<"cron">) {
  const { t } = useTranslation("inspector");
  const { value, change, put, label, disabled, express } = props;
  const text = typeof value === "string" ? value : "";
  const plan = rhythmOf(text);
  const choose = (next: Partial<Plan>): void => put(build({ ...plan, ...next }));
  return (
    <Stack gap={8}>
      <Select
        aria-label={t("cron.rhythm", { label })}
        data={[...RHYTHMS, "custom" as const].map((one) => ({ value: one, label: t(`cron.${one}`) }))}
        value={text === "" ? null : plan.rhythm}
        placeholder={t("cron.choose")}
        disabled={disabled}
        clearable
        onChange={(next) => (next === null ? put(undefined) : next === "custom" ? put(text || "0 8 * * mon-fri") : choose({ rhythm: next as Rhythm }))}
      />
      {text !== "" && plan.rhythm !== "custom" && <When plan={plan} choose={choose} disabled={disabled} />}
      <TextInput
        {...inputOf(props)}
        value={text}
        placeholder="0 8 * * mon-fri"
        ff="monospace"
        dir="ltr"
        onChange={(event) => (event.currentTarget.value.includes("{{") ? express(event.currentTarget.value) : change(event.currentTarget.value || undefined))}
      />
      <Next text={text} />
    </Stack>
  );
}

function When({ plan, choose, disabled }: { plan: Plan; choose: (next: Partial<Plan>) => void; disabled: boolean }) {
  const { t, i18n } = useTranslation("inspector");
  const days = useMemo(() => weekdays(localeOf(i18n.language)), [i18n.language]);
  const { rhythm } = plan;
  if (rhythm === "minutes") {
    const steps = [1, 2, 5, 10, 15, 20, 30];
    return <Select aria-label={t("cron.every")} data={steps.map((one) => ({ value: String(one), label: t("cron.each_minutes", { count: one }) }))} value={String(plan.step)} allowDeselect={false} disabled={disabled} onChange={(next) => choose({ step: Number(next) })} />;
  }
  return (
    <Group gap={8} align="center">
      {rhythm === "weekly" && (
        <Chip.Group multiple value={plan.weekdays.map(String)} onChange={(next) => choose({ weekdays: next.map(Number) })}>
          <Group gap={4} role="group" aria-label={t("cron.weekdays")}>
            {days.map(([number, name]) => <Chip key={number} size="xs" value={String(number)} disabled={disabled}>{name}</Chip>)}
          </Group>
        </Chip.Group>
      )}
      {rhythm === "monthly" && (
        <Select w={150} aria-label={t("cron.day")} data={[...Array.from({ length: 31 }, (_, at) => String(at + 1)), "L"].map((one) => ({ value: one, label: one === "L" ? t("cron.last_day") : t("cron.on_day", { day: one }) }))} value={plan.day} allowDeselect={false} disabled={disabled} onChange={(next) => choose({ day: next ?? "1" })} />
      )}
      {rhythm === "hourly" ? (
        <Select w={150} aria-label={t("cron.minute")} data={Array.from({ length: 12 }, (_, at) => ({ value: String(at * 5), label: t("cron.at_minute", { minute: pad(at * 5) }) }))} value={String(plan.minute)} allowDeselect={false} disabled={disabled} onChange={(next) => choose({ minute: Number(next) })} />
      ) : (
        <TimePicker aria-label={t("cron.time")} value={`${pad(plan.hour)}:${pad(plan.minute)}`} disabled={disabled} onChange={(next) => {
          const [hour, minute] = next.split(":").map(Number);
          if (hour !== undefined && minute !== undefined && !Number.isNaN(hour + minute)) choose({ hour, minute });
        }} />
      )}
    </Group>
  );
}

function pad(number: number): string {
  return String(number).padStart(2, "0");
}

function Next({ text }: { text: string }) {
  const { t, i18n } = useTranslation("inspector");
  const { params } = useForm();
  const zone = typeof params["time_zone"] === "string" ? params["time_zone"] : "UTC";
  const times = useMemo(() => timesOf(text, zone), [text, zone]);
  if (text === "") return null;
  if (times === null) return <Text size="xs" c="var(--studio-bad)">{t("cron.wrong")}</Text>;
  if (times.length === 0) return <Text size="xs" c="var(--studio-warn)">{t("cron.never")}</Text>;
  const format = new Intl.DateTimeFormat(localeOf(i18n.language), { dateStyle: "full", timeStyle: "short", timeZone: zone });
  return (
    <div>
      <Text size="xs" fw={600} mb={2}>{t("cron.next", { zone })}</Text>
      {times.map((one) => <Text key={one.getTime()} size="xs" c="var(--studio-muted)" component="time" display="block" dateTime={one.toISOString()}>{format.format(one)}</Text>)}
    </div>
  );
}

/** Null where it is no cron expression. */
function timesOf(text: string, zone: string): Date[] | null {
  const cron = readCron(text);
  if (cron === null) return null;
  try {
    return nextTimes(cron, zone, 4, new Date());
  } catch {
    // A zone that this browser does not know: the server may, and says so where it does not.
    return nextTimes(cron, "UTC", 4, new Date());
  }
}

/** Days of the week by number, Monday first, in the shortest words of the language. */
function weekdays(locale: string): [number, string][] {
  const format = new Intl.DateTimeFormat(locale, { weekday: "short", timeZone: "UTC" });
  return [1, 2, 3, 4, 5, 6, 0].map((number) => [number, format.format(Date.UTC(2023, 0, 1 + number))]);
}
