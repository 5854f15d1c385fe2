import { Loader, Text, Tooltip } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconCloudOff, IconEye } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useEditor } from "./store";
import classes from "./Editor.module.css";

/** Whether what one sees is what the server has. */
export function SaveState() {
  const { t } = useTranslation("editor");
  const saving = useEditor((state) => state.saving);
  const readOnly = useEditor((state) => state.readOnly);
  const loading = useEditor((state) => state.loading);
  if (loading !== "ready") return null;
  if (readOnly) {
    return (
      <Tooltip label={t("read_only_hint")}>
        <Text size="xs" className={classes.saving ?? ""}>
          <IconEye size={14} aria-hidden /> {t("read_only")}
        </Text>
      </Tooltip>
    );
  }
  const icon = {
    saved: <IconCheck size={14} aria-hidden />,
    saving: <Loader size={12} color="gray" aria-hidden />,
    offline: <IconCloudOff size={14} aria-hidden />,
    conflict: <IconAlertTriangle size={14} aria-hidden />,
  }[saving];
  return (
    <Text size="xs" className={classes.saving ?? ""} data-state={saving} role="status">
      {icon} <span className={classes.savingText}>{t(`saving.${saving}`)}</span>
    </Text>
  );
}
