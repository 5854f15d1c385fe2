/** Values of variables, as they are typed and shown. */

/** What was typed: JSON where it is some, else the text itself. */
export function valueOf(typed: string): unknown {
  const text = typed.trim();
  if (!/^[[{"\d-]|^(true|false|null)$/.test(text)) return typed;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return typed;
  }
}

/** A value so that typing it again gives the same one. */
export function shownValue(value: unknown): string {
  if (typeof value === "string" && valueOf(value) === value) return value;
  return JSON.stringify(value, null, typeof value === "object" ? 2 : undefined);
}
