import { useEffect, useState } from "react";

import { useFormat } from "@/i18n/format";

/** How long something has taken; it counts on while there is no end. */
export function Elapsed({ from, to }: { from: number; to: number | null }) {
  const format = useFormat();
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (to !== null) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, [to]);
  const seconds = Math.max(0, ((to ?? Math.max(now, from)) - from) / 1000);
  // While it runs, whole seconds are enough: a number that flickers tells nothing.
  return <span style={{ fontVariantNumeric: "tabular-nums" }}>{format.duration(to === null && seconds >= 1 ? Math.floor(seconds) : seconds)}</span>;
}
