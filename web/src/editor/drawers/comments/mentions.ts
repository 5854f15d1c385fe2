/** Mentions: kept as `@` and a member's id, typed and shown as `@` and the name. */

export interface Mentioned {
  readonly id: string;
  readonly name: string;
}

export interface Piece {
  readonly text: string;
  /** A member's id, where the piece mentions one. */
  readonly mention?: string;
}

/** Ids of Studio: 26 letters and digits. */
const MENTION = /@([0-9a-hjkmnp-tv-z]{26})\b/g;
const BEGUN = /(?:^|\s)@([^\s@]{0,40})$/u;

/** A comment's text, taken apart at its mentions. */
export function pieces(text: string): Piece[] {
  const out: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(MENTION)) {
    if (match.index > at) out.push({ text: text.slice(at, match.index) });
    out.push({ text: match[0], mention: match[1] ?? "" });
    at = match.index + match[0].length;
  }
  if (at < text.length) out.push({ text: text.slice(at) });
  return out;
}

/** What is typed of a name right before the caret, in small letters; null where no mention has begun. */
export function begun(text: string, caret: number): string | null {
  return BEGUN.exec(text.slice(0, caret))?.[1]?.toLocaleLowerCase() ?? null;
}

/** The text with the name in place of what was begun. */
export function chosen(text: string, caret: number, name: string): string {
  const before = text.slice(0, caret).replace(/@[^\s@]*$/u, `@${name} `);
  return before + text.slice(caret).replace(/^ /, "");
}

/** Names become ids; the longest name first, so that "Ada Lovelace" is not taken for "Ada". */
export function withIds(text: string, people: readonly Mentioned[]): string {
  let out = text;
  for (const one of [...people].sort((a, b) => b.name.length - a.name.length)) out = out.replaceAll(`@${one.name}`, `@${one.id}`);
  return out;
}

/** Ids become names, to be typed on. */
export function asTyped(text: string, people: readonly Mentioned[]): string {
  return pieces(text)
    .map((one) => {
      const name = people.find((each) => each.id === one.mention)?.name;
      return name === undefined ? one.text : `@${name}`;
    })
    .join("");
}
