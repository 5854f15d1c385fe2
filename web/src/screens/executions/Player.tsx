import { ActionIcon, SegmentedControl, Slider, Text, Tooltip } from "@mantine/core";
import { IconPlayerPauseFilled, IconPlayerPlayFilled, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useRunStore, useWatched } from "@/debugger";
import { useFormat } from "@/i18n/format";

import classes from "./Executions.module.css";

const SPEEDS = [0.05, 0.25, 1, 4, 16] as const;

/** Shows an execution that is over again, as it went, as fast as one likes. */
export function Player() {
  const { t } = useTranslation("executions");
  const format = useFormat();
  const store = useRunStore();
  const over = useWatched((run) => run.connection === "ended" && run.folded.endedAt !== null || run.playing !== null);
  const playing = useWatched((run) => run.playing);
  const length = useWatched((run) => ((run.folded.endedAt ?? 0) - (run.folded.startedAt ?? 0)) / 1000);
  // What took a blink is shown slowly, so that there is something to see.
  const [speed, setSpeed] = useState<number | null>(null);
  const chosen = speed ?? (length > 0 && length < 2 ? 0.05 : length > 60 ? 16 : 1);
  if (!over) return null;
  const choose = (value: number): void => {
    setSpeed(value);
    if (playing?.running === true) store.getState().play(value);
  };
  const running = playing?.running === true;
  const label = t(running ? "player.hold" : "player.play");
  return (
    <div className={classes.player} role="group" aria-label={t("player.label")} data-playing={running}>
      <Tooltip label={label}>
        <ActionIcon radius="xl" size="lg" aria-label={label} onClick={() => store.getState().play(running ? 0 : chosen)}>
          {running ? <IconPlayerPauseFilled size={16} /> : <IconPlayerPlayFilled size={16} />}
        </ActionIcon>
      </Tooltip>
      <Slider
        flex={1}
        min={0}
        max={1000}
        size="sm"
        label={null}
        thumbLabel={t("player.moment")}
        value={playing === null || playing.to === playing.from ? 1000 : ((playing.at - playing.from) / (playing.to - playing.from)) * 1000}
        onChange={(share) => seek(share)}
      />
      <Text size="xs" w={64} ta="end" style={{ fontVariantNumeric: "tabular-nums" }}>
        {format.duration(playing === null ? length : (playing.at - playing.from) / 1000)}
      </Text>
      <SegmentedControl
        size="xs"
        visibleFrom="sm"
        aria-label={t("player.speed")}
        value={String(chosen)}
        onChange={(value) => choose(Number(value))}
        data={SPEEDS.map((value) => ({ value: String(value), label: t("player.times", { speed: format.number(value) }) }))}
      />
      {playing !== null && (
        <Tooltip label={t("player.end")}>
          <ActionIcon variant="subtle" color="gray" aria-label={t("player.end")} onClick={() => store.getState().endPlaying()}>
            <IconX size={16} />
          </ActionIcon>
        </Tooltip>
      )}
    </div>
  );

  function seek(share: number): void {
    const now = store.getState();
    const span = now.playing ?? { from: now.folded.startedAt ?? 0, to: now.folded.endedAt ?? 0 };
    now.play(0);
    now.seek(span.from + ((span.to - span.from) * share) / 1000);
  }
}
