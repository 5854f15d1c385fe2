/** Texts with `{{ … }}` in them: where expressions begin and end, and values as expressions and back. */
import type { Json } from "@/editor/contracts";

/** A piece of a text. `from` and `to` are outside the braces, `start` and `end` inside. */
export interface Piece {
  readonly kind: "text" | "expression";
  readonly from: number;
  readonly to: number;
  readonly start: number;
  readonly end: number;
  /** Whether the expression has its closing braces. */
  readonly closed: boolean;
}

const QUOTES = ['"""', "'''", '"', "'"];

/** The pieces of a text in order; `{{{{` stands for `{{` and belongs to text. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  let at = 0;
  const words = (to: number): void => {
    if (to > from) found.push({ kind: "text", from, to, start: from, end: to, closed: true });
  };
  while (at < text.length) {
    if (text.startsWith("{{{{", at)) at += 4;
    else if (text.startsWith("{{", at)) {
      words(at);
      const end = endOf(text, at + 2);
      const closed = end !== -1;
      const to = closed ? end + 2 : text.length;
      found.push({ kind: "expression", from: at, to, start: at + 2, end: closed ? end : text.length, closed });
      from = to;
      at = to;
    } else at += 1;
  }
  words(text.length);
  return found;
}

/** Where the `}}` of an expression is; -1 where it never ends. Quotes and brackets are skipped over. */
function endOf(text: string, start: number): number {
  let depth = 0;
  let at = start;
  while (at < text.length) {
    const quote = QUOTES.find((one) => text.startsWith(one, at));
    if (quote !== undefined) {
      at = afterQuote(text, at + quote.length, quote);
      continue;
    }
    const sign = text.charAt(at);
    if (sign === "}" && depth === 0) return text.startsWith("}}", at) ? at : -1;
    if ("([{".includes(sign)) depth += 1;
    else if (")]}".includes(sign) && depth > 0) depth -= 1;
    at += 1;
  }
  return -1;
}

function afterQuote(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length; at += 1) {
    if (text.startsWith(quote, at)) return at + quote.length;
    if (text.charAt(at) === "\\") at += 1;
  }
  return text.length;
}

/** Whether a text has an expression in it. */
export function isExpression(value: unknown): boolean {
  return typeof value === "string" && value.includes("{{") && pieces(value).some((one) => one.kind === "expression");
}

/** Whether there is an expression anywhere in a value. */
export function hasExpression(value: Json | undefined): boolean {
  if (Array.isArray(value)) return value.some(hasExpression);
  if (typeof value === "object" && value !== null) return Object.values(value).some(hasExpression);
  return isExpression(value);
}

/** What stands between the braces where a text is one expression and nothing else; null otherwise. */
export function wholeExpression(text: string): string | null {
  const [only, ...others] = pieces(text.trim());
  if (only === undefined || others.length > 0 || only.kind !== "expression" || !only.closed) return null;
  return text.trim().slice(only.start, only.end).trim();
}

/** The expression that a place in a text lies in, braces left out; null in the text around. */
export function expressionAt(text: string, at: number): Piece | null {
  return pieces(text).find((one) => one.kind === "expression" && at >= one.start && at <= one.end) ?? null;
}

/** `{{ source }}`. */
export function braced(source: string): string {
  return `{{ ${source.trim()} }}`;
}

/** A text with nothing in its braces says nothing. */
export function saysNothing(text: string): boolean {
  return wholeExpression(text) === "" || text.trim() === "{{" || text === "";
}

/** A text as the language writes it. */
export function quoted(text: string): string {
  const escaped = text.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
  return `'${escaped.replaceAll("\t", "\\t")}'`;
}
