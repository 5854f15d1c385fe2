/** Opens what concerns the workflow as a whole: inputs, output, settings. */
import { ActionIcon, Tooltip } from "@mantine/core";
import { IconAdjustments } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useEditor } from "@/editor/store";

export function OpenButton() {
  const { t } = useTranslation("inspector");
  const opened = useEditor((state) => state.opened === "");
  return (
    <Tooltip label={t("workflow.open")}>
      <ActionIcon variant={opened ? "light" : "subtle"} color={opened ? "indigo" : "gray"} aria-label={t("workflow.open")} aria-pressed={opened} onClick={() => useEditor.getState().open(opened ? null : "")}>
        <IconAdjustments size={18} />
      </ActionIcon>
    </Tooltip>
  );
}
