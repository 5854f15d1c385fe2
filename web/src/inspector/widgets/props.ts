/** What every widget is given. */
import type { Json } from "@/editor/contracts";
import type { Control, Field } from "../form/field";

export interface WidgetProps<K extends Control["kind"] = Control["kind"]> {
  readonly field: Field;
  readonly control: Extract<Control, { kind: K }>;
  readonly value: Json | undefined;
  /** Take a value that is still being written. */
  readonly change: (value: Json | undefined) => void;
  /** Take a value that was chosen. */
  readonly put: (value: Json | undefined) => void;
  readonly id: string;
  readonly label: string;
  readonly describedBy: string | undefined;
  readonly invalid: boolean;
  readonly disabled: boolean;
  /** The param and the keys that lead to this part of it: `paging.size`. */
  readonly path: string;
  readonly autoFocus?: boolean | undefined;
  /** Go over to an expression, with a text to begin with. */
  readonly express: (text: string) => void;
}

/** What every input element is given of these. */
export function inputOf(props: Omit<WidgetProps, "control">) {
  return {
    id: props.id,
    "aria-label": props.label,
    "aria-describedby": props.describedBy,
    "aria-invalid": props.invalid || undefined,
    "data-invalid": props.invalid || undefined,
    disabled: props.disabled,
    autoFocus: props.autoFocus,
    error: props.invalid,
  } as const;
}

/** A value in a few words, for placeholders. */
export function hintOf(field: Field): string {
  const shown = field.fallback ?? field.examples[0];
  if (shown === undefined || shown === "") return "";
  return typeof shown === "string" ? shown : JSON.stringify(shown);
}
