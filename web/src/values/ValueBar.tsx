import { ActionIcon, Menu, SegmentedControl, TextInput, Tooltip } from "@mantine/core";
import { IconBraces, IconCopy, IconDownload, IconEye, IconEyeOff, IconFileText, IconListTree, IconSchema, IconSearch, IconTable } from "@tabler/icons-react";
import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";

import classes from "./ValueView.module.css";

export type View = "tree" | "table" | "text" | "json" | "schema";

const ICONS: Record<View, ComponentType<{ size?: number }>> = {
  tree: IconListTree, table: IconTable, text: IconFileText, json: IconBraces, schema: IconSchema,
};

interface Props {
  readonly views: readonly View[];
  readonly view: View;
  readonly onView: (view: View) => void;
  readonly search: string;
  readonly onSearch: (wanted: string) => void;
  readonly searchable: boolean;
  readonly onCopy: (what: "value" | "path") => void;
  readonly onDownload: () => void;
  /** Undefined where there is nothing to reveal, or one may not. */
  readonly onReveal: (() => void) | undefined;
  readonly revealed: boolean;
}

/** How a value is shown, and what can be done with it. */
export function ValueBar(props: Props) {
  const { t } = useTranslation("values");
  return (
    <div className={classes.bar}>
      {props.views.length > 1 && (
        <SegmentedControl
          size="xs"
          aria-label={t("view.label")}
          value={props.view}
          onChange={(value) => props.onView(value as View)}
          data={props.views.map((one) => ({ value: one, label: <ViewLabel view={one} /> }))}
        />
      )}
      {props.searchable && (
        <TextInput
          size="xs"
          flex={1}
          miw={110}
          value={props.search}
          onChange={(event) => props.onSearch(event.currentTarget.value)}
          placeholder={t("search.label")}
          aria-label={t("search.label")}
          leftSection={<IconSearch size={14} />}
        />
      )}
      <span className={classes.grow} style={props.searchable ? { flex: "none" } : undefined} />
      {props.onReveal !== undefined && (
        <Tooltip label={t(props.revealed ? "reveal.hide" : "reveal.show")}>
          <ActionIcon variant="subtle" color="gray" onClick={props.onReveal} aria-label={t(props.revealed ? "reveal.hide" : "reveal.show")}>
            {props.revealed ? <IconEyeOff size={16} /> : <IconEye size={16} />}
          </ActionIcon>
        </Tooltip>
      )}
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Tooltip label={t("copy.label")}>
            <ActionIcon variant="subtle" color="gray" aria-label={t("copy.label")}>
              <IconCopy size={16} />
            </ActionIcon>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => props.onCopy("value")}>{t("copy.value")}</Menu.Item>
          <Menu.Item onClick={() => props.onCopy("path")}>{t("copy.path")}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Tooltip label={t("download_json")}>
        <ActionIcon variant="subtle" color="gray" aria-label={t("download_json")} onClick={props.onDownload}>
          <IconDownload size={16} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

function ViewLabel({ view }: { view: View }) {
  const { t } = useTranslation("values");
  const Icon = ICONS[view];
  return (
    <Tooltip label={t(`view.${view}`)}>
      <span style={{ display: "flex", alignItems: "center" }}>
        <Icon size={16} aria-hidden />
        <span className="visually-hidden">{t(`view.${view}`)}</span>
      </span>
    </Tooltip>
  );
}
