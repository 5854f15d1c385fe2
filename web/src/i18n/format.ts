/** Numbers, sizes, dates and durations, as the language writes them. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { localeOf } from "./index";

type When = string | number | Date;

export interface Format {
  number(value: number, options?: Intl.NumberFormatOptions): string;
  percent(share: number): string;
  bytes(count: number): string;
  /** Date and time. */
  moment(when: When): string;
  date(when: When): string;
  time(when: When): string;
  /** "3 minutes ago", "in 2 hours". */
  relative(when: When, now?: number): string;
  /** Seconds as "12 ms", "3.2 s", "4 min 5 s", "2 h 10 min". */
  duration(seconds: number): string;
  list(items: readonly string[]): string;
}

const SPANS: ReadonlyArray<readonly [Intl.RelativeTimeFormatUnit, number]> = [
  ["year", 31_536_000], ["month", 2_592_000], ["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1],
];
const SIZES = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;
const made = new Map<string, Format>();

/** Writers of the language that is spoken. */
export function useFormat(): Format {
  const { i18n } = useTranslation();
  return useMemo(() => formatFor(localeOf(i18n.language)), [i18n.language]);
}

/** Writers of a locale; they are costly to make, and made once. */
export function formatFor(locale: string): Format {
  const known = made.get(locale);
  if (known !== undefined) return known;
  const format = makeFormat(locale);
  made.set(locale, format);
  return format;
}

function makeFormat(locale: string): Format {
  const plain = new Intl.NumberFormat(locale, { maximumFractionDigits: 3 });
  const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
  const moment = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" });
  const date = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });
  const time = new Intl.DateTimeFormat(locale, { timeStyle: "medium" });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const list = new Intl.ListFormat(locale, { type: "conjunction" });
  const unit = (value: number, name: string, digits: number): string =>
    new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: "short", maximumFractionDigits: digits }).format(value);
  return {
    number: (value, options) => (options ? new Intl.NumberFormat(locale, options).format(value) : plain.format(value)),
    percent: (share) => percent.format(share),
    bytes(count) {
      const step = Math.min(SIZES.length - 1, count < 1 ? 0 : Math.floor(Math.log10(count) / 3));
      return unit(count / 1000 ** step, SIZES[step] ?? "byte", step === 0 ? 0 : 1);
    },
    moment: (when) => moment.format(new Date(when)),
    date: (when) => date.format(new Date(when)),
    time: (when) => time.format(new Date(when)),
    relative(when, now = Date.now()) {
      const seconds = (new Date(when).getTime() - now) / 1000;
      const [name, length] = SPANS.find(([, span]) => Math.abs(seconds) >= span) ?? (["second", 1] as const);
      return relative.format(Math.round(seconds / length), name);
    },
    duration(seconds) {
      if (seconds < 1) return unit(Math.round(seconds * 1000), "millisecond", 0);
      if (seconds < 60) return unit(seconds, "second", seconds < 10 ? 1 : 0);
      const whole = Math.round(seconds);
      const [large, small, step] = whole < 3600 ? ["minute", "second", 60] as const : ["hour", "minute", 3600] as const;
      const rest = Math.floor((whole % step) / (step === 60 ? 1 : 60));
      const first = unit(Math.floor(whole / step), large, 0);
      return rest === 0 ? first : `${first} ${unit(rest, small, 0)}`;
    },
    list: (items) => list.format(items),
  };
}
