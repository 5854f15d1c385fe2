/** Offered where an expression gives a list and the param takes a single value: run the node once for each. */
import { Button, Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Json } from "@/editor/contracts";
import { pathOf } from "@/expressions/complete";
import { braced, wholeExpression } from "@/expressions/template";
import { useForm } from "./context";
import { isSingle, type Field } from "./form/field";
import { perRow } from "./perRow";

const PATH = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\[\d+\]|\['[^']*'\])*$/;

export function OncePerRow({ field, value, put }: { field: Field; value: Json | undefined; put: (value: Json) => void }) {
  const { t } = useTranslation("inspector");
  const form = useForm();
  const source = typeof value === "string" ? wholeExpression(value) : null;
  if (source === null || form.disabled || form.looped || !isSingle(field)) return null;
  const way = perRow(source);
  const list = way !== null && (way.sure || (PATH.test(source) && form.shapeOf(pathOf(source)).kind === "list"));
  if (!list) return null;
  return (
    <Group gap="xs" mt={6} wrap="wrap" data-testid="once-per-row">
      <Text size="xs" c="var(--studio-warn)">{t("rows.text")}</Text>
      <Button
        size="compact-xs"
        variant="light"
        onClick={() => {
          form.each(braced(way.each));
          put(braced(way.value));
        }}
      >
        {t("rows.each")}
      </Button>
      <Button size="compact-xs" variant="subtle" onClick={() => put(braced(way.first))}>{t("rows.first")}</Button>
    </Group>
  );
}
