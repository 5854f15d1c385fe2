/** What is wrong with a literal, told while it is written. The server has the last word. */
import type { Json } from "@/editor/contracts";
import { isExpression } from "@/expressions/template";
import type { Control, Field } from "./field";

/** Names the words (inspector:check.…) and what is put into them. */
export interface Finding {
  readonly key: "required" | "number" | "whole" | "min" | "max" | "above" | "below" | "short" | "long" | "pattern" | "choice" | "few" | "many" | "json";
  readonly limit?: number;
}

/** What is wrong with the value of a param; null where nothing is, or where only an execution will tell. */
export function check(field: Field, value: Json | undefined): Finding | null {
  if (value === undefined || value === null || value === "") {
    return field.required && (value !== "" || minLength(field.control) > 0) && !(value === null && field.nullable) ? { key: "required" } : null;
  }
  return isExpression(value) ? null : byControl(field.control, value);
}

function minLength(control: Control): number {
  return control.kind === "text" ? (control.minLength ?? 0) : 1;
}

function byControl(control: Control, value: Json): Finding | null {
  switch (control.kind) {
    case "number":
      return checkNumber(control, value);
    case "text":
      return typeof value === "string" ? checkText(control, value) : null;
    case "select":
      return control.options.includes(value) ? null : { key: "choice" };
    case "list":
      return Array.isArray(value) ? checkCount(value.length, control.min, control.max) : null;
    case "map":
      return typeof value === "object" && value !== null ? checkCount(Object.keys(value).length, control.min) : null;
    default:
      return null;
  }
}

function checkNumber(control: Extract<Control, { kind: "number" }>, value: Json): Finding | null {
  if (typeof value !== "number") return { key: "number" };
  if (control.whole && !Number.isInteger(value)) return { key: "whole" };
  if (control.min !== undefined && value < control.min) return { key: "min", limit: control.min };
  if (control.max !== undefined && value > control.max) return { key: "max", limit: control.max };
  if (control.above !== undefined && value <= control.above) return { key: "above", limit: control.above };
  if (control.below !== undefined && value >= control.below) return { key: "below", limit: control.below };
  return null;
}

function checkText(control: Extract<Control, { kind: "text" }>, value: string): Finding | null {
  if (control.minLength !== undefined && value.length < control.minLength) return { key: "short", limit: control.minLength };
  if (control.maxLength !== undefined && value.length > control.maxLength) return { key: "long", limit: control.maxLength };
  if (control.pattern !== undefined && !matches(control.pattern, value)) return { key: "pattern" };
  return null;
}

function checkCount(count: number, min?: number, max?: number): Finding | null {
  if (min !== undefined && count < min) return { key: "few", limit: min };
  return max !== undefined && count > max ? { key: "many", limit: max } : null;
}

function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, "u").test(value);
  } catch {
    // A pattern that this browser does not read is the server's to check.
    return true;
  }
}
