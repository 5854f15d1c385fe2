/** Cron expressions: read, said in words, and when they fire next. Five fields, as the server reads them. */

export interface Cron {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  /** Whether a day fires. */
  readonly day: (day: Day) => boolean;
}

/** A calendar day; months from 1, Sunday is 0. */
export interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const WORDS: Record<string, string> = {
  "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0", "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
};
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/** The five fields of a cron expression; null where there are not five. */
export function cronFields(text: string): [string, string, string, string, string] | null {
  const written = text.trim().toLowerCase();
  const [minute, hour, day, month, weekday, ...more] = (WORDS[written] ?? written).split(/\s+/);
  if (minute === undefined || hour === undefined || day === undefined || month === undefined || weekday === undefined || more.length > 0) return null;
  return [minute, hour, day, month, weekday];
}

/** A cron expression that can be worked with; null where it is none. */
export function readCron(text: string): Cron | null {
  const fields = cronFields(text);
  if (fields === null) return null;
  const [minute, hour, day, month, weekday] = fields;
  const minutes = numbers(minute, 0, 59);
  const hours = numbers(hour, 0, 23);
  const months = numbers(month, 1, 12, MONTHS, 1);
  const days = tests(day, monthDay);
  const weekdays = tests(weekday, weekDay);
  if (minutes === null || hours === null || months === null || days === null || weekdays === null) return null;
  // Where both say something, either is enough, as cron has always done it.
  const both = !day.startsWith("*") && !weekday.startsWith("*");
  return { minutes, hours, months, day: (one) => (both ? days(one) || weekdays(one) : days(one) && weekdays(one)) };
}

function numbers(field: string, low: number, high: number, names: string[] = [], first = 0): Set<number> | null {
  const found = new Set<number>();
  for (const part of field.split(",")) {
    const match = /^(?:\*|([a-z]{3}|\d{1,2})(?:-([a-z]{3}|\d{1,2}))?)(?:\/(\d{1,3}))?$/.exec(part);
    if (match === null) return null;
    const step = match[3] === undefined ? 1 : Number(match[3]);
    const from = match[1] === undefined ? low : named(match[1], names, first);
    const single = match[1] !== undefined && match[3] === undefined;
    const to = match[2] === undefined ? (single ? from : high) : named(match[2], names, first);
    if (!(from >= low && to <= high && from <= to && step >= 1)) return null;
    for (let at = from; at <= to; at += step) found.add(at);
  }
  return found;
}

function named(word: string, names: string[], first: number): number {
  return /^\d+$/.test(word) ? Number(word) : names.includes(word) ? names.indexOf(word) + first : Number.NaN;
}

type Test = (day: Day) => boolean;

/** Whether any part of a field fits a day. */
function tests(field: string, of: (part: string) => Test | null): Test | null {
  const found = field.split(",").map(of);
  return found.includes(null) ? null : (day) => found.some((test) => test?.(day) === true);
}

function monthDay(part: string): Test | null {
  if (part === "l") return (one) => one.day === lastDay(one);
  if (part === "lw") return (one) => one.day === nearest(one, lastDay(one));
  const near = /^(\d{1,2})w$/.exec(part);
  if (near !== null) return (one) => one.day === nearest(one, Math.min(Number(near[1]), lastDay(one)));
  const days = numbers(part, 1, 31);
  return days === null ? null : (one) => days.has(one.day);
}

function weekDay(part: string): Test | null {
  const special = /^([0-7]|[a-z]{3})(?:#([1-5])|l)$/.exec(part);
  if (special !== null) {
    const wanted = named(special[1] ?? "", WEEKDAYS, 0) % 7;
    if (Number.isNaN(wanted)) return null;
    const nth = special[2];
    return (one) => weekdayOf(one) === wanted && (nth === undefined ? one.day > lastDay(one) - 7 : Math.ceil(one.day / 7) === Number(nth));
  }
  const days = numbers(part, 0, 7, WEEKDAYS);
  return days === null ? null : (one) => days.has(weekdayOf(one)) || (weekdayOf(one) === 0 && days.has(7));
}

export function weekdayOf({ year, month, day }: Day): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay();
}

function lastDay({ year, month }: Day): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** The working day of the month that is nearest to a day. */
function nearest(one: Day, day: number): number {
  const weekday = weekdayOf({ ...one, day });
  if (weekday === 6) return day === 1 ? 3 : day - 1;
  if (weekday === 0) return day === lastDay(one) ? day - 2 : day + 1;
  return day;
}

const FAR = 366 * 5;

/** The next times at which it fires, as moments. Times that a clock change leaves out come right after it. */
export function nextTimes(cron: Cron, zone: string, count: number, after: Date): Date[] {
  const clock = clockOf(zone);
  const start = clock(after.getTime());
  const found: Date[] = [];
  const first = Date.UTC(start.year, start.month - 1, start.day);
  for (let ahead = 0; ahead < FAR && found.length < count; ahead += 1) {
    const date = new Date(first + ahead * 86_400_000);
    const day = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
    if (!cron.months.has(day.month) || !cron.day(day)) continue;
    for (const minute of minutesOf(cron)) {
      const moment = momentAt(day, minute, clock);
      if (moment > after.getTime() && found.at(-1)?.getTime() !== moment) found.push(new Date(moment));
      if (found.length === count) break;
    }
  }
  return found;
}

function minutesOf(cron: Cron): number[] {
  const hours = [...cron.hours].sort((one, other) => one - other);
  const minutes = [...cron.minutes].sort((one, other) => one - other);
  return hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute));
}

type Clock = (moment: number) => Day & { minutes: number };

function clockOf(zone: string): Clock {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone, year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", hourCycle: "h23",
  });
  return (moment) => {
    const found = Object.fromEntries(parts.formatToParts(moment).map((one) => [one.type, Number(one.value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = found;
    return { year, month, day, minutes: hour * 60 + minute };
  };
}

/** The moment at which clocks show a day and minute; where they skip it, the first one after. */
function momentAt(day: Day, minute: number, clock: Clock): number {
  const wanted = Date.UTC(day.year, day.month - 1, day.day) + minute * 60_000;
  const shown = (moment: number): number => {
    const at = clock(moment);
    return Date.UTC(at.year, at.month - 1, at.day) + at.minutes * 60_000;
  };
  const first = wanted - (shown(wanted) - wanted);
  const second = first - (shown(first) - wanted);
  if (shown(first) === wanted) return Math.min(first, shown(second) === wanted ? second : first);
  return shown(second) === wanted ? second : Math.max(first, second);
}
