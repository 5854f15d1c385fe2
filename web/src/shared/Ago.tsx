import { Text, Tooltip } from "@mantine/core";
import { useEffect, useState } from "react";

import { useFormat } from "@/i18n/format";

/** When something was, in relation to now; the exact time on a closer look. */
export function Ago({ at }: { at: string | number }) {
  const format = useFormat();
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <Tooltip label={format.moment(at)}>
      <Text component="time" span inherit dateTime={new Date(at).toISOString()}>
        {format.relative(at, now)}
      </Text>
    </Tooltip>
  );
}
