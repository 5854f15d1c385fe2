/** From the JSON Schema of a node's params to the form that is shown. */
import type { Json } from "@/editor/contracts";
import type { CodeLanguage, Control, Field, Schema } from "./field";
import { titleOf } from "./labels";

const DEEP = 8;
const LANGUAGES: readonly CodeLanguage[] = ["python", "javascript", "sql", "json", "markdown", "yaml"];

interface Within {
  readonly root: Schema;
  readonly labels: Readonly<Record<string, string>>;
  readonly depth: number;
}

/** The params of a node type in their order. `labels` are their names in the language that is spoken. */
export function formOf(schema: Schema, labels: Readonly<Record<string, string>> = {}): Field[] {
  return fieldsOf(schema, { root: schema, labels, depth: 0 });
}

function fieldsOf(schema: Schema, within: Within, except?: string): Field[] {
  const required = new Set(listOf(schema["required"]).map(String));
  return Object.entries(asSchema(schema["properties"]))
    .filter(([name]) => name !== except)
    .map(([name, one]) => fieldOf(name, asSchema(one), within, required.has(name)));
}

/** One param, or a part of one. */
export function fieldOf(name: string, given: Schema, within: Within, required = false): Field {
  const { schema, nullable } = plain(given, within);
  const translated = within.depth === 0 ? within.labels[name] : undefined;
  const help = text(given["description"]) || text(schema["description"]);
  const fallback = (given["default"] ?? schema["default"]) as Json | undefined;
  return {
    name,
    label: translated ?? titleOf(name, given["title"] ?? ("$ref" in given ? undefined : schema["title"])),
    help,
    required,
    nullable,
    fallback: fallback === null ? undefined : fallback,
    examples: listOf(given["examples"] ?? schema["examples"]) as Json[],
    control: controlOf(given, schema, within),
    visibleWhen: "x-visible-when" in given ? (asSchema(given["x-visible-when"]) as Record<string, Json>) : null,
    dependsOn: listOf(given["x-depends-on"]).map(String),
    expression: given["x-widget"] === "expression" || schema["x-studio"] === "per-item" || schema["x-studio"] === "items",
  };
}

/** A schema without its reference and without null among what it may be. */
function plain(given: Schema, within: Within): { schema: Schema; nullable: boolean } {
  const found = followed(given, within);
  const choices = listOf(found["anyOf"]).map((one) => followed(asSchema(one), within));
  const rest = choices.filter((one) => one["type"] !== "null");
  const nullable = rest.length < choices.length || listOf(found["type"]).includes("null");
  if (choices.length === 0) {
    const types = listOf(found["type"]).filter((one) => one !== "null");
    return { schema: types.length === 1 ? { ...found, type: types[0] } : found, nullable };
  }
  const { anyOf: _, ...outer } = found;
  const [only] = rest;
  if (rest.length === 1 && only !== undefined) return { schema: { ...outer, ...only }, nullable };
  if (rest.every(isNumber)) return { schema: { ...outer, ...Object.assign({}, ...rest), type: "number" } as Schema, nullable };
  return { schema: { ...outer, anyOf: rest }, nullable };
}

function isNumber(schema: Schema): boolean {
  return schema["type"] === "integer" || schema["type"] === "number";
}

function followed(schema: Schema, within: Within): Schema {
  const reference = schema["$ref"];
  if (typeof reference !== "string") return schema;
  const keys = reference.replace(/^#\/?/, "").split("/").filter((key) => key !== "");
  const found = keys.reduce<unknown>((here, key) => asSchema(here)[key], within.root);
  const { $ref: _, ...beside } = schema;
  return { ...asSchema(found), ...beside };
}

function controlOf(given: Schema, schema: Schema, within: Within): Control {
  const widget = text(given["x-widget"]);
  if (within.depth > DEEP) return { kind: "any" };
  return (
    byWidget(widget, given, schema) ??
    bySpecial(schema, within) ??
    (given["x-options"] !== undefined ? { kind: "asked" } : null) ??
    byChoice(schema, within) ??
    byType(schema, within, widget)
  );
}

function byWidget(widget: string, given: Schema, schema: Schema): Control | null {
  if (widget === "code") {
    const language = LANGUAGES.find((one) => one === given["x-language"]) ?? "plain";
    const json = schema["type"] !== "string";
    return { kind: "code", language: json ? "json" : language, json };
  }
  if (widget === "multiline") return { ...asText(schema), long: true };
  if (widget === "date" || widget === "datetime" || widget === "time") return { ...asText(schema), format: widget };
  if (widget === "cron" || widget === "duration" || widget === "workflow") return { kind: widget };
  if (widget === "time_zone") return { kind: "zone" };
  return null;
}

function bySpecial(schema: Schema, within: Within): Control | null {
  const special = schema["x-studio"];
  if (special === "file" || special === "table" || special === "items") return { kind: "reference", what: special };
  if (special === "per-item") {
    return { kind: "item", of: fieldOf("value", asSchema(schema["x-studio-of"]), deeper(within)) };
  }
  return null;
}

function byChoice(schema: Schema, within: Within): Control | null {
  const options = listOf(schema["oneOf"]).map((one) => followed(asSchema(one), within));
  if (options.length > 0) return variantOf(schema, options, within);
  if (schema["enum"] !== undefined) return { kind: "select", options: listOf(schema["enum"]) as Json[] };
  if (schema["const"] !== undefined) return { kind: "select", options: [schema["const"] as Json] };
  const choices = listOf(schema["anyOf"]).map(asSchema);
  if (choices.length === 0) return null;
  const fields = choices.map((one) => fieldOf("value", one, deeper(within)));
  const references = fields.map((one) => one.control).filter((one) => one.kind === "reference");
  const [first] = references;
  // A table or a list of records: both come from a node before, or are a list that is written here.
  if (references.length === fields.length && first !== undefined) return { kind: "reference", what: "items" };
  return { kind: "union", options: fields };
}

function variantOf(schema: Schema, options: Schema[], within: Within): Control {
  const tag = text(asSchema(schema["discriminator"])["propertyName"]) || constantIn(options);
  if (tag === "") return { kind: "union", options: options.map((one) => fieldOf("value", one, deeper(within))) };
  return {
    kind: "variant",
    tag,
    options: options.map((one) => {
      const kind = asSchema(asSchema(one["properties"])[tag]);
      const value = String(kind["const"] ?? listOf(kind["enum"])[0] ?? "");
      return { value, label: titleOf(value, undefined), help: plainHelp(one), fields: fieldsOf(one, deeper(within), tag) };
    }),
  };
}

/** The param that has one fixed value in every alternative. */
function constantIn(options: Schema[]): string {
  const names = Object.keys(asSchema(options[0]?.["properties"]));
  return names.find((name) => options.every((one) => "const" in asSchema(asSchema(one["properties"])[name]))) ?? "";
}

/** The help of a model is its docstring; what stands in backquotes there is code. */
function plainHelp(schema: Schema): string {
  return text(schema["description"]).replaceAll("``", "");
}

function byType(schema: Schema, within: Within, widget: string): Control {
  switch (schema["type"]) {
    case "string":
      return asText(schema);
    case "integer":
    case "number":
      return asNumber(schema);
    case "boolean":
      return { kind: "boolean" };
    case "array":
      return asList(schema, within);
    case "object":
      return asObject(schema, within);
    default:
      return widget === "json" ? { kind: "code", language: "json", json: true } : { kind: "any" };
  }
}

type Text = Extract<Control, { kind: "text" }>;

function asText(schema: Schema): Text {
  const format = schema["format"];
  return {
    kind: "text",
    secret: schema["x-secret"] === true,
    long: false,
    format: format === "date" || format === "time" ? format : format === "date-time" ? "datetime" : "",
    ...numbers(schema, { minLength: "minLength", maxLength: "maxLength" }),
    ...(typeof schema["pattern"] === "string" ? { pattern: schema["pattern"] } : {}),
  };
}

function asNumber(schema: Schema): Control {
  const limits = numbers(schema, { min: "minimum", max: "maximum", above: "exclusiveMinimum", below: "exclusiveMaximum" });
  return { kind: "number", whole: schema["type"] === "integer", ...limits };
}

function asList(schema: Schema, within: Within): Control {
  const given = asSchema(schema["items"]);
  const item = fieldOf("item", given, deeper(within), true);
  if (item.control.kind === "select") return { kind: "choices", options: item.control.options };
  return { kind: "list", item, ...numbers(schema, { min: "minItems", max: "maxItems" }) };
}

function asObject(schema: Schema, within: Within): Control {
  if (schema["properties"] !== undefined) return { kind: "object", fields: fieldsOf(schema, deeper(within)) };
  const more = schema["additionalProperties"];
  const value = typeof more === "object" && more !== null ? asSchema(more) : {};
  return { kind: "map", value: fieldOf("value", value, deeper(within), true), ...numbers(schema, { min: "minProperties" }) };
}

function numbers<K extends string>(schema: Schema, names: Record<K, string>): Partial<Record<K, number>> {
  const out: Partial<Record<K, number>> = {};
  for (const [name, key] of Object.entries(names) as [K, string][]) {
    const value = schema[key];
    if (typeof value === "number") out[name] = value;
  }
  return out;
}

function deeper(within: Within): Within {
  return { ...within, depth: within.depth + 1 };
}

export function asSchema(value: unknown): Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Schema) : {};
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
