/** From a literal to an expression and back, keeping what can be kept. */
import type { Json } from "@/editor/contracts";
import { braced, isExpression, pieces, quoted, wholeExpression } from "./template";

/** What an expression editor starts with where a literal stood. A text stays as it is; values become their source. */
export function toExpression(value: Json | undefined, textual: boolean): string {
  if (value === undefined || value === null || value === "") return "";
  if (typeof value === "string") return textual || isExpression(value) ? value : braced(quoted(value));
  return braced(sourceOf(value));
}

/** A value as the language writes it; expressions inside it become parts of it. */
export function sourceOf(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(sourceOf).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    return `{${Object.entries(value).map(([key, one]) => `${quoted(key)}: ${sourceOf(one)}`).join(", ")}}`;
  }
  return typeof value === "string" ? sourceOfText(value) : String(value);
}

function sourceOfText(text: string): string {
  const whole = isExpression(text) ? wholeExpression(text) : null;
  if (whole !== null) return whole;
  const parts = pieces(text).map((one) =>
    one.kind === "text" ? quoted(text.slice(one.from, one.to).replaceAll("{{{{", "{{")) : `str(${text.slice(one.start, one.end).trim()})`,
  );
  return parts.length === 0 ? "''" : parts.join(" + ");
}

/** A literal that says what an expression says; undefined where nothing of it can be kept. */
export function toLiteral(text: string, textual: boolean): Json | undefined {
  if (!isExpression(text)) return text === "" ? undefined : text.replaceAll("{{{{", textual ? "{{{{" : "{{");
  const whole = wholeExpression(text);
  if (whole === null) return undefined;
  const found = literal(whole);
  return textual && found !== undefined && typeof found !== "string" ? String(JSON.stringify(found)) : found;
}

/** The value of a source that is a literal. Parts of a list or object that are none stay expressions. */
export function literal(source: string): Json | undefined {
  const text = source.trim();
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return Number(text);
  if (/^(true|True)$/.test(text)) return true;
  if (/^(false|False)$/.test(text)) return false;
  if (/^(null|None)$/.test(text)) return null;
  const word = unquoted(text);
  if (word !== undefined) return word;
  if (text.startsWith("[") && text.endsWith("]")) return listOf(text.slice(1, -1));
  if (text.startsWith("{") && text.endsWith("}")) return objectOf(text.slice(1, -1));
  return undefined;
}

const ESCAPES: Record<string, string> = { n: "\n", r: "\r", t: "\t", "\\": "\\", "'": "'", '"': '"' };

function unquoted(text: string): string | undefined {
  const found = /^(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)")$/.exec(text);
  const inside = found?.[1] ?? found?.[2];
  if (inside === undefined || /\\[^nrt\\'"]/.test(inside)) return undefined;
  return inside.replace(/\\(.)/g, (_, sign: string) => ESCAPES[sign] ?? sign);
}

function listOf(inside: string): Json | undefined {
  const parts = split(inside, ",");
  if (parts === null || /\bfor\b/.test(outside(inside)) || parts.some((one) => one.trim().startsWith("*"))) return undefined;
  return parts.map(kept);
}

function objectOf(inside: string): Json | undefined {
  const parts = split(inside, ",");
  if (parts === null || /\bfor\b/.test(outside(inside))) return undefined;
  const found: Record<string, Json> = {};
  for (const part of parts) {
    const [key, ...value] = split(part, ":") ?? [];
    const name = key === undefined ? undefined : unquoted(key.trim());
    if (name === undefined || value.length === 0) return undefined;
    found[name] = kept(value.join(":"));
  }
  return found;
}

function kept(source: string): Json {
  return literal(source) ?? (/^(null|None)$/.test(source.trim()) ? null : braced(source));
}

/** The parts of a source between commas that stand in no bracket and no quotes; null where brackets do not match. */
export function split(source: string, mark: string): string[] | null {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (const [at, sign] of signs(source)) {
    if ("([{".includes(sign)) depth += 1;
    else if (")]}".includes(sign)) depth -= 1;
    else if (sign === mark && depth === 0) {
      parts.push(source.slice(from, at));
      from = at + 1;
    }
    if (depth < 0) return null;
  }
  if (depth !== 0) return null;
  const last = source.slice(from);
  if (last.trim() !== "") parts.push(last);
  return parts;
}

/** What of a source stands in no bracket and no quotes. */
function outside(source: string): string {
  let depth = 0;
  let text = "";
  for (const [, sign] of signs(source)) {
    if ("([{".includes(sign)) depth += 1;
    else if (")]}".includes(sign)) depth -= 1;
    else if (depth === 0) text += sign;
  }
  return text;
}

/** The signs of a source that stand in no quotes. */
function* signs(source: string): Generator<[number, string]> {
  let quote = "";
  for (let at = 0; at < source.length; at += 1) {
    const sign = source.charAt(at);
    if (quote !== "") {
      if (sign === "\\") at += 1;
      else if (sign === quote) quote = "";
    } else if (sign === "'" || sign === '"') quote = sign;
    else yield [at, sign];
  }
}
