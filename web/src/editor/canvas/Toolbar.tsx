import { ActionIcon, Menu, Tooltip } from "@mantine/core";
import { Panel } from "@xyflow/react";
import {
  IconArrowsMaximize, IconDots, IconLayout2, IconMinus, IconNote, IconPlus, IconSearch, IconZoomIn,
} from "@tabler/icons-react";
import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";

import { useEditor } from "../store";
import classes from "./Canvas.module.css";
import { COMMANDS, possible, type Command } from "./commands";
import { Keys } from "./Keys";

type Icon = ComponentType<{ size?: number }>;

const BUTTONS: readonly (readonly [string, Icon] | null)[] = [
  ["add", IconPlus],
  ["note", IconNote],
  ["arrange", IconLayout2],
  null,
  ["search", IconSearch],
  ["zoom_out", IconMinus],
  ["zoom_in", IconZoomIn],
  ["fit", IconArrowsMaximize],
];

const MORE = ["edit", "arrange"] as const;

/** What is at hand on the canvas itself. */
export function Toolbar() {
  const { t } = useTranslation("canvas");
  const readOnly = useEditor((state) => state.readOnly);
  return (
    <Panel position="bottom-center">
      <div className={classes.tools} role="toolbar" aria-label={t("tools")}>
        {BUTTONS.map((one, at) => {
          if (one === null) return <span key={`line${at}`} className={classes.divider} aria-hidden />;
          const command = COMMANDS.find((found) => found.id === one[0]);
          return command === undefined || (readOnly && command.changes === true) ? null : (
            <Tool key={command.id} command={command} icon={one[1]} />
          );
        })}
        <More />
      </div>
    </Panel>
  );
}

function Tool({ command, icon: Shown }: { command: Command; icon: Icon }) {
  const { t } = useTranslation("canvas");
  const name = t(`command.${command.id}`);
  return (
    <Tooltip label={<>{name} <Keys keys={command.keys[0] ?? ""} /></>} openDelay={300}>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={name} onClick={command.run}>
        <Shown size={18} />
      </ActionIcon>
    </Tooltip>
  );
}

function More() {
  const { t } = useTranslation("canvas");
  // What can be done depends on what is selected.
  useEditor((state) => state.selection);
  return (
    <Menu position="top" width={260}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("more")}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflowY: "auto" }}>
        {MORE.map((group) => (
          <div key={group}>
            <Menu.Label>{t(`group_of.${group}`)}</Menu.Label>
            {COMMANDS.filter((one) => one.group === group && !one.id.startsWith("move_")).map((one) => (
              <Menu.Item key={one.id} disabled={!possible(one)} onClick={one.run} rightSection={<Keys keys={one.keys[0] ?? ""} />}>
                {t(`command.${one.id}`)}
              </Menu.Item>
            ))}
          </div>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
