/** Cron expressions as people think of them: every so many minutes, each day at a time, on some weekdays. */
import { cronFields } from "./cron";

export const RHYTHMS = ["minutes", "hourly", "daily", "weekly", "monthly"] as const;
export type Rhythm = (typeof RHYTHMS)[number];

export interface Plan {
  readonly rhythm: Rhythm | "custom";
  readonly step: number;
  readonly minute: number;
  readonly hour: number;
  /** Sunday is 0. */
  readonly weekdays: readonly number[];
  /** Of the month; L for the last. */
  readonly day: string;
}

const USUAL: Plan = { rhythm: "custom", step: 15, minute: 0, hour: 8, weekdays: [1, 2, 3, 4, 5], day: "1" };
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/** What a cron expression says, where it is one of the usual ones. */
export function rhythmOf(text: string): Plan {
  const fields = cronFields(text);
  if (fields === null) return USUAL;
  const [minute, hour, day, month, weekday] = fields;
  const every = /^\*(?:\/(\d+))?$/.exec(minute);
  if (month !== "*") return USUAL;
  if (every !== null && hour === "*" && day === "*" && weekday === "*") return { ...USUAL, rhythm: "minutes", step: Number(every[1] ?? 1) };
  if (!/^\d+$/.test(minute)) return USUAL;
  const at = { ...USUAL, minute: Number(minute) };
  if (hour === "*" && day === "*" && weekday === "*") return { ...at, rhythm: "hourly" };
  if (!/^\d+$/.test(hour)) return USUAL;
  const time = { ...at, hour: Number(hour) };
  if (day === "*" && weekday === "*") return { ...time, rhythm: "daily" };
  if (weekday === "*" && /^(\d+|l)$/.test(day)) return { ...time, rhythm: "monthly", day: day.toUpperCase() };
  const days = day === "*" ? daysIn(weekday) : null;
  return days === null ? USUAL : { ...time, rhythm: "weekly", weekdays: days };
}

/** The cron expression for a plan. */
export function build({ rhythm, step, minute, hour, weekdays, day }: Plan): string {
  switch (rhythm) {
    case "minutes":
      return step === 1 ? "* * * * *" : `*/${step} * * * *`;
    case "hourly":
      return `${minute} * * * *`;
    case "weekly":
      return `${minute} ${hour} * * ${written(weekdays)}`;
    case "monthly":
      return `${minute} ${hour} ${day} * *`;
    default:
      return `${minute} ${hour} * * *`;
  }
}

function written(weekdays: readonly number[]): string {
  const days = [...new Set(weekdays)].sort((one, other) => ((one + 6) % 7) - ((other + 6) % 7));
  if (days.length === 0 || days.length === 7) return "*";
  return days.join() === "1,2,3,4,5" ? "mon-fri" : days.map((one) => WEEKDAYS[one]).join(",");
}

function daysIn(field: string): number[] | null {
  const found: number[] = [];
  for (const part of field.split(",")) {
    const ends = part.split("-").map((word) => (/^[0-7]$/.test(word) ? Number(word) % 7 : WEEKDAYS.indexOf(word)));
    const [from = -1, to = from] = ends;
    if (ends.length > 2 || from < 0 || to < 0 || to < from) return null;
    for (let at = from; at <= to; at += 1) found.push(at);
  }
  return found;
}
