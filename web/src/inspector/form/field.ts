/** What a form knows of a param: how it is filled in, what it is called, what it may be. */
import type { Json } from "@/editor/contracts";

export type Schema = Readonly<Record<string, unknown>>;

/** How a param is filled in. */
export type Control =
  | { kind: "text"; secret: boolean; long: boolean; format: "" | "date" | "datetime" | "time"; minLength?: number; maxLength?: number; pattern?: string }
  | { kind: "code"; language: CodeLanguage; json: boolean }
  | { kind: "number"; whole: boolean; min?: number; max?: number; above?: number; below?: number }
  | { kind: "boolean" }
  | { kind: "select"; options: readonly Json[] }
  | { kind: "choices"; options: readonly Json[] }
  | { kind: "asked" }
  | { kind: "cron" }
  | { kind: "duration" }
  | { kind: "zone" }
  | { kind: "workflow" }
  | { kind: "list"; item: Field; min?: number; max?: number }
  | { kind: "map"; value: Field; min?: number }
  | { kind: "object"; fields: readonly Field[] }
  | { kind: "variant"; tag: string; options: readonly Variant[] }
  | { kind: "union"; options: readonly Field[] }
  | { kind: "reference"; what: "file" | "table" | "items" }
  | { kind: "item"; of: Field }
  | { kind: "any" };

export type CodeLanguage = "plain" | "python" | "javascript" | "sql" | "json" | "markdown" | "yaml";

export interface Variant {
  readonly value: string;
  readonly label: string;
  readonly help: string;
  readonly fields: readonly Field[];
}

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly help: string;
  readonly required: boolean;
  readonly nullable: boolean;
  readonly fallback: Json | undefined;
  readonly examples: readonly Json[];
  readonly control: Control;
  /** Shown only where other params have these values. */
  readonly visibleWhen: Readonly<Record<string, Json>> | null;
  /** Params that its choices, or those of what is in it, depend on. */
  readonly dependsOn: readonly string[];
  /** Usually an expression. */
  readonly expression: boolean;
  /** Never an expression. */
  readonly fixed?: boolean;
}

/** Whether text around an expression makes sense: the value is a text. */
export function isTextual(field: Field): boolean {
  const { control } = field;
  if (control.kind === "union") return control.options.some(isTextual);
  return control.kind === "text" || control.kind === "asked" || (control.kind === "code" && !control.json) || control.kind === "any";
}

/** Whether a list is what it wants, or at least takes. */
export function takesList(field: Field): boolean {
  const { control } = field;
  if (control.kind === "union") return control.options.some(takesList);
  if (control.kind === "reference") return control.what !== "file";
  return control.kind === "list" || control.kind === "any" || control.kind === "choices";
}

/** Whether it takes a single value and never a list. */
export function isSingle(field: Field): boolean {
  return !takesList(field) && field.control.kind !== "item" && !(field.control.kind === "code" && field.control.json);
}
