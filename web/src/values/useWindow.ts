/** Which rows of a long list are in sight. Lists higher than browsers can lay out are scrolled in proportion. */
import { useCallback, useLayoutEffect, useState } from "react";

const HIGHEST = 8_000_000;
const BEYOND = 8;

export interface Sight {
  /** Takes the element that scrolls. */
  readonly attach: (element: HTMLElement | null) => void;
  readonly first: number;
  readonly last: number;
  /** Height of everything, in pixels. */
  readonly height: number;
  /** Where the first row in sight is drawn. */
  readonly top: number;
  readonly reveal: (row: number) => void;
}

/** Rows of one height. */
export function useWindow(count: number, row: number): Sight {
  const [element, attach] = useState<HTMLElement | null>(null);
  const [scrolled, setScrolled] = useState(0);
  const [shown, setShown] = useState(400);
  const height = Math.min(HIGHEST, count * row);
  useLayoutEffect(() => {
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setShown(element.clientHeight));
    const onScroll = (): void => setScrolled(element.scrollTop);
    observer.observe(element);
    element.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", onScroll);
    };
  }, [element]);
  const share = height <= shown ? 0 : Math.min(1, scrolled / (height - shown));
  // In whole rows, of everything there is above what is shown.
  const above = share * Math.max(0, count * row - shown);
  const first = Math.max(0, Math.floor(above / row) - BEYOND);
  const last = Math.min(count, Math.ceil((above + shown) / row) + BEYOND);
  const reveal = useCallback(
    (at: number) => {
      const whole = count * row - shown;
      if (element === null || whole <= 0) return;
      const [from, to] = [at * row, (at + 1) * row];
      const now = height <= shown ? 0 : (element.scrollTop / (height - shown)) * whole;
      if (from >= now && to <= now + shown) return;
      element.scrollTo({ top: ((from < now ? from : to - shown) / whole) * (height - shown) });
    },
    [element, count, row, shown, height],
  );
  return { attach, first, last, height, top: Math.max(0, scrolled + (first * row - above)), reveal };
}
