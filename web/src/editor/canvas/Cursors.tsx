import { ViewportPortal } from "@xyflow/react";

import { useEditor } from "../store";
import classes from "./Canvas.module.css";

/** Where the others point. */
export function Cursors() {
  const others = useEditor((state) => state.others);
  return (
    <ViewportPortal>
      {others.map((one) =>
        one.cursor == null ? null : (
          <div
            key={`${one.account}.${one.client}`}
            className={classes.cursor}
            style={{ transform: `translate(${one.cursor[0]}px, ${one.cursor[1]}px)`, ["--who" as string]: one.colour }}
            aria-hidden
          >
            <svg width="16" height="16" viewBox="0 0 16 16">
              <path d="M1 1 L1 13 L4.5 9.5 L7 15 L9.5 14 L7 8.5 L12 8.5 Z" fill="var(--who)" stroke="#fff" />
            </svg>
            <span>{one.name}</span>
          </div>
        ),
      )}
    </ViewportPortal>
  );
}
