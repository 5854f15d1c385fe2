import type { ReactNode } from "react";

import classes from "./ValueView.module.css";

/** A part of the screen that scrolls, and that the keyboard reaches so that it can. */
export function Scroller({ label, dir, children }: { label: string; dir?: "ltr" | "auto"; children: ReactNode }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by the keyboard
    <section className={classes.body} tabIndex={0} aria-label={label} dir={dir}>
      {children}
    </section>
  );
}
