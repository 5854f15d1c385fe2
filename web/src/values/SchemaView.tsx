import { Badge } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { entriesOf } from "./kinds";
import { Scroller } from "./Scroller";
import { shapeOf, type Shape } from "./schema";
import type { Part } from "./source";
import classes from "./ValueView.module.css";

/** Keys and kinds of a value, as far as its first entries tell. */
export function SchemaView({ root }: { root: Part }) {
  const { t } = useTranslation("values");
  const sample = root.kind === "list" ? entriesOf(root.value).map(([, one]) => one) : root.value;
  return (
    <Scroller label={t("schema.label")} dir="ltr">
      <Lines name={null} shape={shapeOf([sample])} level={0} optional={false} />
    </Scroller>
  );
}

function Lines({ name, shape, level, optional }: { name: string | null; shape: Shape; level: number; optional: boolean }) {
  const { t } = useTranslation("values");
  return (
    <>
      <div className={classes.row} style={{ paddingInlineStart: 10 + level * 16 }}>
        {name !== null && <span className={classes.key}>{name}</span>}
        {shape.kinds.map((one) => (
          <Badge key={one} size="xs" variant="light" color={COLOURS[one] ?? "gray"} tt="none">
            {t(`kind.${one}`)}
          </Badge>
        ))}
        {optional && <span className={classes.index}>{t("schema.optional")}</span>}
      </div>
      {shape.keys.map((one) => <Lines key={one.key} name={one.key} shape={one.shape} level={level + 1} optional={one.optional} />)}
      {shape.items !== null && <Lines name="[ ]" shape={shape.items} level={level + 1} optional={false} />}
    </>
  );
}

const COLOURS: Record<string, string> = { text: "green", number: "orange", boolean: "grape", object: "indigo", list: "blue", file: "cyan", table: "cyan" };
