import { Loader, Text, UnstyledButton } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { pathSource } from "@/expressions/path";
import { useFormat } from "@/i18n/format";
import { ProblemNote } from "@/shared/ProblemNote";

import type { Place } from "./address";
import { search, type Progress } from "./searching";
import type { ValueSource } from "./source";
import classes from "./ValueView.module.css";

const NOTHING: Progress = { matches: [], looked: 0, done: false };

/** Where a text stands in the value; found as it is read, page by page. */
export function SearchResults({ source, wanted, onPick }: { source: ValueSource; wanted: string; onPick: (place: Place) => void }) {
  const { t } = useTranslation("values");
  const format = useFormat();
  const [progress, setProgress] = useState(NOTHING);
  const [failure, setFailure] = useState<unknown>(null);
  useEffect(() => {
    const abort = new AbortController();
    search((...asked) => source.part(...asked), wanted, setProgress, abort.signal).catch((error: unknown) => {
      if (!abort.signal.aborted) setFailure(error);
    });
    return () => abort.abort();
  }, [source, wanted]);
  const { matches, looked, done } = progress;
  return (
    <div className={classes.body}>
      <Text size="xs" p="xs" c="var(--studio-muted)" component="output" display="block">
        {!done && failure === null && <Loader size={10} me={6} />}
        {t("search.found", { count: matches.length, shown: format.number(matches.length), looked: format.number(looked) })}
      </Text>
      <ProblemNote error={failure} />
      {matches.map((one) => (
        <UnstyledButton key={`${one.place.join("\0")}${String(one.inKey)}`} className={classes.found ?? ""} onClick={() => onPick(one.place)}>
          <Text size="xs" className={classes.mono ?? ""} c="var(--studio-muted)" truncate dir="ltr">{pathSource(one.place).replace(/^\./, "")}</Text>
          <Text size="sm" truncate dir="auto">{one.text}</Text>
        </UnstyledButton>
      ))}
    </div>
  );
}
