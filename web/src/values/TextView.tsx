import { Button, Center, Loader } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { useFormat } from "@/i18n/format";
import { ProblemNote } from "@/shared/ProblemNote";

import type { Place } from "./address";
import { Scroller } from "./Scroller";
import { TEXT_PAGE, type ValueSource } from "./source";
import classes from "./ValueView.module.css";

/** A text of any length: more of it comes as one reads on. */
export function TextView({ source, place, size }: { source: ValueSource; place: Place; size: number }) {
  const { t } = useTranslation("values");
  const format = useFormat();
  const [pages, setPages] = useState(1);
  const end = useRef<HTMLDivElement>(null);
  const count = Math.max(1, Math.ceil(size / TEXT_PAGE));
  useEffect(() => {
    const element = end.current;
    if (element === null) return undefined;
    const observer = new IntersectionObserver((seen) => {
      if (seen.some((one) => one.isIntersecting)) setPages((now) => Math.min(count, now + 1));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [count]);
  return (
    <Scroller label={t("text.label")}>
      {Array.from({ length: Math.min(pages, count) }, (_, at) => <Chunk key={at} source={source} place={place} number={at} />)}
      {pages < count && (
        <Center ref={end} p="sm">
          <Button variant="subtle" size="compact-sm" onClick={() => setPages(pages + 1)}>
            {t("text.more", { shown: format.number(pages * TEXT_PAGE), size: format.number(size) })}
          </Button>
        </Center>
      )}
    </Scroller>
  );
}

function Chunk({ source, place, number }: { source: ValueSource; place: Place; number: number }) {
  const { data, error, isPending } = useQuery({
    queryKey: ["value-text", identity(source), place, number],
    queryFn: async ({ signal }) => String((await source.part(place, number * TEXT_PAGE, TEXT_PAGE, signal)).value),
    staleTime: Infinity,
  });
  if (error !== null) return <ProblemNote error={error} />;
  if (isPending) return <Center p="md"><Loader size="sm" /></Center>;
  return <pre className={classes.text} dir="auto">{data}</pre>;
}

const numbers = new WeakMap<ValueSource, number>();
let last = 0;

/** A name for a source, so that its pages are told from those of another. */
export function identity(source: ValueSource): number {
  const known = numbers.get(source);
  if (known !== undefined) return known;
  last += 1;
  numbers.set(source, last);
  return last;
}
