/** An expression that gives a list, taken apart into the list and what is read of each of its items. */

export interface PerRow {
  readonly each: string;
  readonly value: string;
  readonly first: string;
  /** It is a list by the way it is written. */
  readonly sure: boolean;
}

const LOOP = /^\[\s*([A-Za-z_]\w*)((?:\.\w+|\[[^\]]*\])*)\s+for\s+\1\s+in\s+([A-Za-z_][\w.[\]'-]*)\s*\]$/;
const PLAIN = /^[A-Za-z_][\w.[\]'-]*$/;

/** Null where it cannot be told apart. */
export function perRow(source: string): PerRow | null {
  const loop = LOOP.exec(source);
  if (loop !== null) {
    const [, , rest = "", list = ""] = loop;
    return { each: list, value: `item${rest}`, first: `${list}[0]${rest}`, sure: true };
  }
  return PLAIN.test(source) ? { each: source, value: "item", first: `${source}[0]`, sure: false } : null;
}
