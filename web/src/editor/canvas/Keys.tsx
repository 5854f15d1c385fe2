import { Kbd } from "@mantine/core";
import { useTranslation } from "react-i18next";

const MAC = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.userAgent);
const SIGNS: Record<string, string> = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓" };
const NAMED = new Set(["Enter", "Delete", "Backspace", "Escape"]);

/** A key or several pressed together, as they stand on the keyboard. */
export function Keys({ keys }: { keys: string }) {
  const { t } = useTranslation("canvas");
  if (keys === "") return null;
  const parts = keys === "+" ? ["+"] : keys.split("+");
  const written = (one: string): string => {
    if (one === "mod") return MAC ? "⌘" : t("key.ctrl");
    if (one === "alt") return MAC ? "⌥" : t("key.alt");
    if (one === "shift") return MAC ? "⇧" : t("key.shift");
    return SIGNS[one] ?? (NAMED.has(one) ? t(`key.${one}`) : one);
  };
  return (
    <span dir="ltr" style={{ whiteSpace: "nowrap" }}>
      {parts.map((one) => (
        <Kbd key={one} size="xs" mx={1}>
          {written(one)}
        </Kbd>
      ))}
    </span>
  );
}
