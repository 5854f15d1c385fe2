import { Center, Loader, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useQuery } from "@tanstack/react-query";

import { useFormat } from "@/i18n/format";
import { ProblemNote } from "@/shared/ProblemNote";

import { TooLarge, whole } from "./copying";
import type { Part, ValueSource } from "./source";
import { Scroller } from "./Scroller";
import { identity } from "./TextView";
import classes from "./ValueView.module.css";

const MOST_ENTRIES = 20_000;
const LINES = 500;

/** The value as JSON: whole where it is not too large for that, else its first entries. */
export function JsonView({ source, root }: { source: ValueSource; root: Part }) {
  const { t } = useTranslation("values");
  const format = useFormat();
  const { data, error } = useQuery({
    queryKey: ["value-json", identity(source)],
    queryFn: async ({ signal }) => {
      try {
        return { value: await whole((...asked) => source.part(...asked), [], signal, MOST_ENTRIES), cut: false };
      } catch (failure) {
        if (failure instanceof TooLarge) return { value: root.value, cut: true };
        throw failure;
      }
    },
    staleTime: Infinity,
  });
  if (error !== null) return <ProblemNote error={error} />;
  if (data === undefined) return <Center p="md"><Loader size="sm" /></Center>;
  return (
    <Scroller label={t("json.label")} dir="ltr">
      {data.cut && <Text size="xs" p="xs" c="var(--studio-muted)">{t("json.cut", { size: format.number(root.size ?? 0) })}</Text>}
      {blocks(JSON.stringify(data.value, null, 2)).map((lines, at) => (
        <pre key={at} className={classes.text} style={{ paddingBlock: 0, containIntrinsicBlockSize: `auto ${LINES * 18}px` }}>{lines}</pre>
      ))}
    </Scroller>
  );
}

/** Lines in blocks, of which a browser lays out only those in sight. */
function blocks(text: string): string[] {
  const lines = text.split("\n");
  const found: string[] = [];
  for (let at = 0; at < lines.length; at += LINES) found.push(lines.slice(at, at + LINES).join("\n"));
  return found;
}
