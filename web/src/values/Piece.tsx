import { useTranslation } from "react-i18next";

import { useFormat } from "@/i18n/format";

import { describe, entriesOf, fileOf } from "./kinds";
import classes from "./ValueView.module.css";

/** A value on one line. */
export function Piece({ value }: { value: unknown }) {
  const { kind } = describe(value);
  const say = useSaying();
  return (
    <span className={classes.value} data-kind={kind} dir={kind === "text" ? "auto" : undefined}>
      {say(value)}
    </span>
  );
}

const BRIEF = 60;

/** The first scalars of an object, as far as they go on a line; null where there are none. */
function briefly(value: unknown): string | null {
  const found: string[] = [];
  for (const [key, inner] of entriesOf(value)) {
    const { kind } = describe(inner);
    if (!["text", "number", "boolean"].includes(kind) || typeof inner === "object") continue;
    found.push(`${key}: ${typeof inner === "string" ? JSON.stringify(inner.slice(0, 24)) : String(inner)}`);
    if (found.join(", ").length > BRIEF) break;
  }
  const left = entriesOf(value).length - found.length;
  return found.length === 0 ? null : `{ ${found.join(", ")}${left > 0 ? ", …" : ""} }`;
}

/** Writes a value on one line: what is large by its kind and size. */
export function useSaying(): (value: unknown) => string {
  const { t } = useTranslation("values");
  const format = useFormat();
  return (value) => {
    const { kind, size } = describe(value);
    const count = size ?? 0;
    const brief = kind === "object" ? briefly(value) : null;
    if (brief !== null) return brief;
    if (kind === "object") return t("size.keys", { count, shown: format.number(count) });
    if (kind === "list" || kind === "items") return t("size.items", { count, shown: format.number(count) });
    if (kind === "table") return t("size.rows", { count, shown: format.number(count) });
    if (kind === "masked") return t("masked");
    if (kind === "text") return typeof value === "string" ? JSON.stringify(value) : t("size.characters", { count, shown: format.number(count) });
    const file = fileOf(value);
    if (file !== null) return file.size === null ? file.name : t("file", { name: file.name, size: format.bytes(file.size) });
    return value === null || value === undefined ? "null" : String(value);
  };
}
