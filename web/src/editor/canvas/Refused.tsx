import { Button } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import classes from "./Overlay.module.css";
import { useCanvasUi } from "./ui";

const SHOWN = 6000;

/** Why a wire was refused, where it was let go; and what can be had instead. */
export function Refused() {
  const { t } = useTranslation("canvas");
  const refused = useCanvasUi((state) => state.refused);
  useEffect(() => {
    if (refused === null) return;
    const timer = setTimeout(() => useCanvasUi.getState().show({ refused: null }), SHOWN);
    return () => clearTimeout(timer);
  }, [refused]);
  if (refused === null) return null;
  const { each } = refused;
  return (
    <div className={classes.refused} role="alert" style={{ insetBlockStart: refused.y + 12, left: Math.max(8, refused.x - 120) }}>
      <IconAlertTriangle size={16} aria-hidden />
      <span>{refused.text}</span>
      {each !== undefined && (
        <Button
          size="compact-xs"
          variant="light"
          onClick={() => {
            each();
            useCanvasUi.getState().show({ refused: null });
          }}
        >
          {t("each")}
        </Button>
      )}
    </div>
  );
}
