/** What an expression gives, asked for shortly after the last keystroke. */
import { useEffect, useMemo, useRef, useState } from "react";

import { api, isProblem, type PreviewOut, type TurnOut } from "@/api";
import type { Json } from "@/editor/contracts";
import { useItems } from "./items";
import type { Where } from "./server";
import { hasExpression, saysNothing } from "./template";

/** With the way to the server and back, a value is there 200 ms after the last keystroke. */
const PAUSE = 90;

interface Answer {
  /** What it answers. */
  readonly asked: string;
  readonly now: PreviewOut | null;
  readonly good: PreviewOut | null;
  readonly around: readonly TurnOut[];
  readonly failure: string | null;
}

export interface Previewed extends Omit<Answer, "asked"> {
  /** What is shown is of an earlier text. */
  readonly stale: boolean;
}

const NOTHING: Previewed = { now: null, good: null, around: [], stale: false, failure: null };
const NONE: Answer = { asked: "", now: null, good: null, around: [], failure: null };

/** Preview a value that stands at a place. `stamp` changes when data has changed. */
export function usePreview(where: Where, value: Json | undefined, stamp: unknown): Previewed {
  const [answer, setAnswer] = useState<Answer>(NONE);
  const turns = useRef<readonly TurnOut[]>([]);
  const chosen = useItems((state) => state.chosen);
  const empty = value === undefined || !hasExpression(value) || (typeof value === "string" && saysNothing(value)) || where.workflow === "";
  const { workflow, node, param, execution } = where;
  const question = useMemo(
    () => (empty ? null : JSON.stringify({ workflow, node, param, execution, value, chosen, stamp })),
    [empty, workflow, node, param, execution, value, chosen, stamp],
  );
  useEffect(() => {
    if (question === null) return undefined;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      ask(question, turns.current, stop.signal).then(
        (data) => {
          turns.current = data.around;
          const now = data.items[0] ?? null;
          const good = now !== null && now.value !== null ? now : null;
          setAnswer((before) => ({ asked: question, now, good: good ?? before.good, around: data.around, failure: null }));
        },
        (error: unknown) => {
          const failure = isProblem(error) ? error.message : String(error);
          if (!stop.signal.aborted) setAnswer((before) => ({ ...before, asked: question, failure }));
        },
      );
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [question]);
  return question === null ? NOTHING : { ...answer, stale: answer.asked !== question };
}

interface Question extends Where {
  readonly value: Json;
  readonly chosen: Readonly<Record<string, number>>;
}

async function ask(question: string, turns: readonly TurnOut[], signal: AbortSignal) {
  const { workflow, node, param, execution, value, chosen } = JSON.parse(question) as Question;
  const indices = turns.map((turn) => chosen[turn.node] ?? turn.index);
  const body = { workflow, node, execution, indices, index: chosen[`${node} ${param}`] ?? 0, expressions: [{ value, param }] };
  return (await api.previewExpressions({ body, signal })).data;
}
