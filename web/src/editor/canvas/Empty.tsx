import { Button, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useEditor } from "../store";
import classes from "./Canvas.module.css";
import { useFlow } from "./flowStore";
import { useCanvasUi } from "./ui";

/** A workflow without nodes says how the first one comes. */
export function Empty() {
  const { t } = useTranslation("canvas");
  const ready = useEditor((state) => state.loading === "ready");
  const readOnly = useEditor((state) => state.readOnly);
  const none = useFlow((state) => state.nodes.length === 0);
  if (!ready || !none || readOnly) return null;
  return (
    <div className={classes.empty}>
      <Text fw={650} size="lg">{t("empty.title")}</Text>
      <Text c="var(--studio-muted)" size="sm" maw={360} ta="center">{t("empty.text")}</Text>
      <Button
        leftSection={<IconPlus size={16} />}
        onClick={(event) => {
          const { left: x, bottom: y } = event.currentTarget.getBoundingClientRect();
          useCanvasUi.getState().show({ picking: { x, y: y + 8, level: "", at: [0, 0] } });
        }}
      >
        {t("empty.add")}
      </Button>
    </div>
  );
}
