import { expect, test } from "vitest";

import type { FormFieldOut } from "@/api";
import { fieldsOf } from "./fields";

const field = (name: string, more: Partial<FormFieldOut> = {}): FormFieldOut => ({
  name, title: name, help: "", kind: "text", secret: false, required: false, ...more,
});

function form(values: Record<string, string>): FormData {
  const out = new FormData();
  for (const [name, value] of Object.entries(values)) out.set(`field.${name}`, value);
  return out;
}

test("values are read by the kind of their field", () => {
  const fields = [field("user"), field("port", { kind: "number" }), field("tls", { kind: "flag" }), field("hosts", { kind: "hosts" })];
  expect(fieldsOf(fields, form({ user: "ada", port: "5,432", tls: "on", hosts: "a.example, b.example" }), false)).toEqual({
    user: "ada", port: 5432, tls: true, hosts: ["a.example", "b.example"],
  });
  expect(fieldsOf(fields, form({ user: "" }), false)).toEqual({ tls: false });
});

test("a secret that is left empty is not sent, another field is cleared", () => {
  const fields = [field("password", { secret: true }), field("user")];
  expect(fieldsOf(fields, form({ password: "", user: "" }), true)).toEqual({ user: null });
  expect(fieldsOf(fields, form({ password: "new", user: "ada" }), true)).toEqual({ password: "new", user: "ada" });
});
