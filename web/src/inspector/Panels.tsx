/** Panels side by side, with dividers that are drawn or moved by arrow keys; widths are remembered. */
import { useDirection } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { Fragment, useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import classes from "./Inspector.module.css";
import { moved } from "./sizes";

const FIRST = [1, 1.25, 1];

/** Input, params and output; one that is null is left out. */
export function Panels({ parts }: { parts: readonly (ReactNode | null)[] }) {
  const { t } = useTranslation("inspector");
  const [sizes, setSizes] = useLocalStorage({ key: "studio.inspector.panels", defaultValue: FIRST });
  const { dir } = useDirection();
  const box = useRef<HTMLDivElement>(null);
  const [moving, setMoving] = useState<number | null>(null);
  const shown = parts.map((part, at) => ({ part, at })).filter((one) => one.part !== null);
  const sign = dir === "rtl" ? -1 : 1;
  const shift = (left: number, right: number, by: number): void => {
    setSizes((before) => moved(before.length === parts.length ? before : FIRST, left, right, by, shown.map((one) => one.at)));
  };
  const key = (event: KeyboardEvent, left: number, right: number): void => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    shift(left, right, (event.key === "ArrowRight" ? 0.03 : -0.03) * sign);
  };
  const move = (event: PointerEvent, left: number, right: number): void => {
    if (moving === left) shift(left, right, (event.movementX * sign) / (box.current?.clientWidth ?? 1));
  };
  return (
    <div ref={box} className={classes.panels}>
      {shown.map(({ part, at }, place) => {
        const next = shown[place + 1];
        return (
          <Fragment key={at}>
            <div className={classes.panel} style={{ flexGrow: sizes[at] ?? 1 }} data-panel={at} data-side={at !== 1 || undefined}>{part}</div>
            {next !== undefined && (
              // A splitter that can be moved is a widget of its own; there is no element for it.
              // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/prefer-tag-over-role
              <div
                role="separator"
                tabIndex={0}
                aria-orientation="vertical"
                aria-label={t("panel.divider")}
                aria-valuenow={Math.round(((sizes[at] ?? 1) / ((sizes[at] ?? 1) + (sizes[next.at] ?? 1))) * 100)}
                aria-valuemin={0}
                aria-valuemax={100}
                className={classes.divider}
                data-moving={moving === at || undefined}
                onKeyDown={(event) => key(event, at, next.at)}
                onDoubleClick={() => setSizes(FIRST)}
                onPointerDown={(event) => {
                  event.currentTarget.setPointerCapture(event.pointerId);
                  setMoving(at);
                }}
                onPointerMove={(event) => move(event, at, next.at)}
                onPointerUp={() => setMoving(null)}
                onPointerCancel={() => setMoving(null)}
              />
            )}
          </Fragment>
        );
      })}
    </div>
  );
}
