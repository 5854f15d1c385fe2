/** From a form to the fields of a credential. */
import type { FormFieldOut } from "@/api";

/**
 * The values of a form's fields, by name.
 *
 * @param kept Secrets that are left empty stay as they are: they are not sent.
 */
export function fieldsOf(fields: readonly FormFieldOut[], form: FormData, kept: boolean): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const field of fields) {
    const value = form.get(`field.${field.name}`);
    const text = typeof value === "string" ? value : "";
    if (field.kind === "flag") out[field.name] = value !== null;
    else if (text === "") {
      if (!field.secret && kept) out[field.name] = null;
    } else if (field.kind === "number") out[field.name] = Number(text.replaceAll(",", ""));
    else if (field.kind === "hosts") out[field.name] = text.split(/[\s,]+/).filter((one) => one !== "");
    else out[field.name] = text;
  }
  return out;
}
