import { Text, UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { StateIcon, useRunStore, useWatched } from "@/debugger";
import type { RunEvent } from "@/debugger/fold";
import { nodeOf } from "@/debugger/graph";
import { useFormat } from "@/i18n/format";
import { useWindow } from "@/values/useWindow";

import classes from "./Executions.module.css";

const ROW = 32;
const STATES: Record<string, string> = {
  accepted: "queued", claimed: "running", intended: "running", succeeded: "succeeded", failed: "failed", skipped: "skipped",
  retrying: "waiting", waiting: "waiting", held: "paused", released: "running", chunk: "succeeded", parked: "waiting", child: "running",
};

/** Everything that was recorded, in its order, and what nodes say while one watches. */
export function Log({ onChoose }: { onChoose: (node: string) => void }) {
  const { t } = useTranslation("executions");
  const store = useRunStore();
  // The history is one list that grows; how much there is says when to look again.
  useWatched((run) => run.folded.count);
  const graph = useWatched((run) => run.folded.graph);
  const events = store.getState().history();
  const { attach, first, last, height, top } = useWindow(events.length, ROW);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by the keyboard
    <section ref={attach} style={{ blockSize: "100%", overflow: "auto" }} tabIndex={0} aria-label={t("view.log")} data-events={events.length}>
      <div style={{ blockSize: height, position: "relative" }}>
        <ol style={{ position: "absolute", insetInline: 0, transform: `translateY(${top}px)`, margin: 0, padding: 0, listStyle: "none" }}>
          {events.slice(first, last).map((event, at) => {
            const node = event.path === null ? null : nodeOf(graph, event.path);
            return (
              <li key={event.id ?? `live ${first + at}`} aria-posinset={first + at + 1} aria-setsize={events.length}>
                <Line event={event} onChoose={() => node !== null && onChoose(node)} />
              </li>
            );
          })}
        </ol>
      </div>
    </section>
  );
}

function Line({ event, onChoose }: { event: RunEvent; onChoose: () => void }) {
  const { t } = useTranslation("executions");
  const format = useFormat();
  const ended = event.kind === "ended" && typeof event.data.status === "string" ? event.data.status : null;
  return (
    <UnstyledButton className={classes.event ?? ""} style={{ blockSize: ROW }} onClick={onChoose} data-event={event.kind}>
      <Text size="xs" c="var(--studio-muted)" style={{ fontVariantNumeric: "tabular-nums" }}>{format.time(event.at)}</Text>
      <StateIcon state={ended ?? STATES[event.kind] ?? "pending"} size={14} />
      <Text size="sm" truncate>{t(`event.${event.kind}`, { defaultValue: event.kind })}</Text>
      <Text size="sm" truncate c={event.kind === "failed" ? "var(--studio-bad)" : undefined}>
        {event.path !== null && <bdi className={classes.code}>{event.path}</bdi>} <Told event={event} />
      </Text>
    </UnstyledButton>
  );
}

function Told({ event: { kind, data } }: { event: RunEvent }) {
  const { t } = useTranslation(["executions", "debugger"]);
  const format = useFormat();
  const error = data.error as { message?: string } | null | undefined;
  const number = (name: string): number => (typeof data[name] === "number" ? data[name] : 0);
  if (error?.message !== undefined) return <bdi>{error.message}</bdi>;
  if (kind === "succeeded") return <>{format.duration(number("duration") / 1e6)} · {format.bytes(number("bytes"))}</>;
  if (kind === "chunk") return <>{t("log.chunk", { first: format.number(number("first")), last: format.number(number("first") + number("count") - 1) })}</>;
  if (kind === "ended") return <>{t(`debugger:state.${String(data.status)}`)}</>;
  if (kind === "log" && typeof data.message === "string") return <bdi>{data.message}</bdi>;
  return null;
}
