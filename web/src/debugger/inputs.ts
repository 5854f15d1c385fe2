/** Inputs of a workflow as a form has them: texts that are read by the schema of each. */
import type { Json } from "@/editor/contracts";
import { isRecord } from "@/editor/model/paths";

export interface Input {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly control: "text" | "secret" | "number" | "switch" | "choice" | "json";
  readonly choices: readonly string[];
  readonly required: boolean;
  readonly preset: Json | undefined;
  readonly whole: boolean;
}

export function inputsOf(schemas: Record<string, Json> | undefined): Input[] {
  return Object.entries(schemas ?? {}).map(([name, given]) => {
    const schema = isRecord(given) ? given : {};
    const types = (Array.isArray(schema.type) ? schema.type : [schema.type]).map(String);
    const choices = Array.isArray(schema.enum) ? schema.enum.filter((one) => typeof one === "string").map(String) : [];
    const preset = "default" in schema ? (schema.default as Json) : undefined;
    return {
      name, choices, preset,
      title: typeof schema.title === "string" ? schema.title : name,
      description: typeof schema.description === "string" ? schema.description : "",
      control: controlOf(types, choices, schema["x-secret"] === true),
      required: preset === undefined && !types.includes("null"),
      whole: types.includes("integer"),
    };
  });
}

function controlOf(types: readonly string[], choices: readonly string[], secret: boolean): Input["control"] {
  if (choices.length > 0) return "choice";
  if (types.includes("boolean")) return "switch";
  if (types.includes("integer") || types.includes("number")) return "number";
  if (types.includes("string")) return secret ? "secret" : "text";
  return "json";
}

export type Written = Record<string, string | number | boolean>;

/** What the form begins with: what was given last, or else what is preset. */
export function begun(inputs: readonly Input[], last: Record<string, Json>): Written {
  return Object.fromEntries(inputs.map((one) => [one.name, writtenOf(one, last[one.name] ?? one.preset)]));
}

function writtenOf(input: Input, value: Json | undefined): string | number | boolean {
  if (input.control === "switch") return value === true;
  if (value === undefined || value === null) return "";
  if (input.control === "json") return JSON.stringify(value, null, 2);
  return typeof value === "object" ? JSON.stringify(value) : value;
}

/** The values of a form; names of inputs that cannot be read, or are not there, in `wrong`. */
export function read(inputs: readonly Input[], written: Written): { values: Record<string, Json>; wrong: ReadonlyMap<string, "missing" | "json"> } {
  const values: Record<string, Json> = {};
  const wrong = new Map<string, "missing" | "json">();
  for (const one of inputs) {
    const given = written[one.name] ?? "";
    if (given === "") {
      if (one.required && one.control !== "text" && one.control !== "secret") wrong.set(one.name, "missing");
      else if (one.required) values[one.name] = "";
    } else if (one.control !== "json") values[one.name] = given;
    else {
      try {
        values[one.name] = JSON.parse(String(given)) as Json;
      } catch {
        wrong.set(one.name, "json");
      }
    }
  }
  return { values, wrong };
}
