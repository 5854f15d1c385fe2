/**
 * Names in expressions: which nodes an expression reads, and how it reads when a node has another name.
 *
 * The server decides what an expression means. Here it is only looked at closely enough to draw an edge: a name that is no
 * key behind a dot, no argument's name and stands in no text.
 */
import { isRecord } from "./paths";

/** What an expression reads of a node: `load.data` reads `data` of `load`. */
export interface Reference {
  readonly node: string;
  readonly key: string | null;
}

const TOKEN = /[fF]?"(?:[^"\\]|\\.)*"|[fF]?'(?:[^'\\]|\\.)*'|[A-Za-z_][A-Za-z0-9_]*|\d[\w.]*|\S/g;
const NAME = /^[A-Za-z_]/;

/** Expressions of a text, as they stand between `{{` and `}}`. */
export function expressionsIn(text: string): string[] {
  return pieces(text).filter((one) => one.expression).map((one) => one.text);
}

interface Piece {
  readonly text: string;
  readonly expression: boolean;
}

/** A text in pieces: what stands in braces, and what stands around. `{{{{` is a literal. */
function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  let at = text.indexOf("{{");
  while (at >= 0) {
    if (text.startsWith("{{{{", at)) {
      at = text.indexOf("{{", at + 4);
      continue;
    }
    const end = closing(text, at + 2);
    if (end < 0) break;
    found.push({ text: text.slice(from, at + 2), expression: false }, { text: text.slice(at + 2, end), expression: true });
    from = end;
    at = text.indexOf("{{", end + 2);
  }
  found.push({ text: text.slice(from), expression: false });
  return found;
}

/** Where the braces close that have opened: those within texts and mappings do not count. */
function closing(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const letter = text[at];
    if (letter === '"' || letter === "'") {
      at = afterText(text, at, letter);
    } else if (letter === "{") depth += 1;
    else if (letter === "}") {
      if (depth === 0 && text[at + 1] === "}") return at;
      depth -= 1;
    }
  }
  return -1;
}

function afterText(text: string, from: number, quote: string): number {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === quote) return at;
  }
  return text.length;
}

/** Names that an expression reads, with the key behind the first dot. */
export function namesIn(expression: string): Reference[] {
  const tokens = expression.match(TOKEN) ?? [];
  const bound = boundNames(tokens);
  const found: Reference[] = [];
  tokens.forEach((token, at) => {
    if (/^[fF]["']/.test(token)) found.push(...inFormatted(token));
    else if (isName(tokens, at) && !bound.has(token)) {
      const key = tokens[at + 1] === "." ? tokens[at + 2] : undefined;
      found.push({ node: token, key: key !== undefined && NAME.test(key) ? key : null });
    }
  });
  return found;
}

/** A name that stands for a value: no key behind a dot, and no argument's name. */
function isName(tokens: readonly string[], at: number): boolean {
  const token = tokens[at] ?? "";
  if (!NAME.test(token) || token.endsWith('"') || token.endsWith("'")) return false;
  if (tokens[at - 1] === ".") return false;
  const argument = tokens[at + 1] === "=" && tokens[at + 2] !== "=" && ["(", ","].includes(tokens[at - 1] ?? "");
  return !argument;
}

/** Names that the expression itself brings: of lambdas and comprehensions. */
function boundNames(tokens: readonly string[]): Set<string> {
  const found = new Set<string>();
  tokens.forEach((token, at) => {
    if (token !== "lambda" && token !== "for") return;
    for (let next = at + 1; next < tokens.length; next += 1) {
      const one = tokens[next] ?? "";
      if (one === ":" || one === "in") break;
      if (NAME.test(one)) found.add(one);
    }
  });
  return found;
}

function inFormatted(token: string): Reference[] {
  return [...token.slice(2, -1).matchAll(/\{([^{}]+)\}/g)].flatMap((match) => namesIn(match[1] ?? ""));
}

/** Every reference within a value: params, `run_if`, `each`, the output of a body. */
export function referencesIn(value: unknown): Reference[] {
  if (typeof value === "string") {
    return value.includes("{{") ? expressionsIn(value).flatMap(namesIn) : [];
  }
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (isRecord(value)) return Object.values(value).flatMap(referencesIn);
  return [];
}

/** A value whose expressions read `to` where they read `from`. The same value where nothing does. */
export function withRenamed<T>(value: T, from: string, to: string): T {
  return renamed(value, from, to) as T;
}

function renamed(value: unknown, from: string, to: string): unknown {
  if (typeof value === "string") return value.includes("{{") && value.includes(from) ? inText(value, from, to) : value;
  if (Array.isArray(value)) {
    const next = value.map((one) => renamed(one, from, to));
    return next.every((one, at) => one === value[at]) ? value : next;
  }
  if (!isRecord(value)) return value;
  let changed = false;
  const next: Record<string, unknown> = {};
  for (const [key, one] of Object.entries(value)) {
    next[key] = renamed(one, from, to);
    changed ||= next[key] !== one;
  }
  return changed ? next : value;
}

function inText(text: string, from: string, to: string): string {
  return pieces(text)
    .map((one) => (one.expression ? inExpression(one.text, from, to) : one.text))
    .join("");
}

function inExpression(expression: string, from: string, to: string): string {
  const tokens = [...expression.matchAll(TOKEN)];
  const words = tokens.map((one) => one[0]);
  if (boundNames(words).has(from)) return expression;
  let out = "";
  let last = 0;
  tokens.forEach((token, at) => {
    if (token[0] !== from || !isName(words, at)) return;
    out += expression.slice(last, token.index) + to;
    last = token.index + from.length;
  });
  return out + expression.slice(last);
}
