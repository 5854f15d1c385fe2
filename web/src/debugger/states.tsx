/** States of nodes and executions: their colours, signs and names. */
import { Badge, Loader } from "@mantine/core";
import {
  IconAlertTriangle, IconBan, IconCheck, IconClockPause, IconCircleDashed, IconHourglass, IconPlayerPause, IconQuestionMark, IconSkull, IconX,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

const COLOURS: Record<string, string> = {
  pending: "var(--studio-muted)", queued: "var(--studio-muted)", skipped: "var(--studio-muted)", cancelled: "var(--studio-muted)",
  running: "var(--studio-running)", waiting: "var(--studio-warn)", paused: "var(--studio-warn)", in_doubt: "var(--studio-warn)",
  succeeded: "var(--studio-ok)", failed: "var(--studio-bad)", dead: "var(--studio-bad)",
};

const BADGES: Record<string, string> = {
  running: "blue", waiting: "yellow", paused: "yellow", in_doubt: "orange", succeeded: "teal", failed: "red", dead: "red",
};

export function colourOf(state: string): string {
  return COLOURS[state] ?? "var(--studio-muted)";
}

/** The sign of a state; its name stands beside it or in a label. */
export function StateIcon({ state, size = 16 }: { state: string; size?: number }): ReactNode {
  const style = { color: colourOf(state), flex: "none" };
  switch (state) {
    case "running":
      return <Loader size={size} color={colourOf(state)} aria-hidden />;
    case "succeeded":
      return <IconCheck size={size} stroke={2.6} style={style} aria-hidden />;
    case "failed":
      return <IconX size={size} stroke={2.6} style={style} aria-hidden />;
    case "dead":
      return <IconSkull size={size} style={style} aria-hidden />;
    case "waiting":
      return <IconHourglass size={size} style={style} aria-hidden />;
    case "paused":
      return <IconPlayerPause size={size} style={style} aria-hidden />;
    case "in_doubt":
      return <IconQuestionMark size={size} style={style} aria-hidden />;
    case "cancelled":
      return <IconBan size={size} style={style} aria-hidden />;
    case "queued":
      return <IconClockPause size={size} style={style} aria-hidden />;
    case "skipped":
      return <IconCircleDashed size={size} style={style} aria-hidden />;
    case "pending":
      return <IconCircleDashed size={size} style={style} aria-hidden />;
    default:
      return <IconAlertTriangle size={size} style={style} aria-hidden />;
  }
}

/** A state in words, with its sign. */
export function StateBadge({ state }: { state: string }) {
  const { t } = useTranslation("debugger");
  return (
    <Badge variant="light" color={BADGES[state] ?? "gray"} tt="none" miw="max-content" leftSection={<StateIcon state={state} size={12} />} data-state={state}>
      {t(`state.${state}`)}
    </Badge>
  );
}
