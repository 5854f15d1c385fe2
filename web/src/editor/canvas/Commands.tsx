import { createSpotlight, Spotlight, type SpotlightActionData, type SpotlightActionGroupData } from "@mantine/spotlight";
import "@mantine/spotlight/styles.css";
import { IconSearch } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { everyNode } from "../model/paths";
import { useEditor } from "../store";
import { addNode } from "./actions";
import { atPointer, COMMANDS, possible } from "./commands";
import { levelAtPoint } from "./drawing";
import { Keys } from "./Keys";
import { NodeIcon } from "./look";
import { revealNode, showNode } from "./view";

const [store, spotlight] = createSpotlight();

export function openCommands(): void {
  spotlight.open();
}

/** Everything that can be done, nodes to add, and nodes to go to. */
export function Commands() {
  const { t } = useTranslation("canvas");
  return (
    <Spotlight
      store={store}
      actions={useGroups()}
      shortcut={null}
      limit={40}
      scrollable
      maxHeight={420}
      highlightQuery
      nothingFound={t("picker.none")}
      searchProps={{ leftSection: <IconSearch size={18} />, placeholder: t("commands.field"), "aria-label": t("commands.field") }}
    />
  );
}

function useGroups(): SpotlightActionGroupData[] {
  const { t } = useTranslation("canvas");
  const { document, catalogue, readOnly } = useEditor();
  const commands = COMMANDS.filter((one) => one.id !== "palette" && possible(one)).map((one): SpotlightActionData => ({
    id: one.id,
    label: t(`command.${one.id}`),
    rightSection: <Keys keys={one.keys[0] ?? ""} />,
    onClick: () => setTimeout(one.run, 0),
  }));
  const nodes = [...everyNode(document)].map(([path, node]): SpotlightActionData => ({
    id: `go ${path}`,
    label: node.title ?? catalogue.get(node.type)?.title ?? node.type,
    description: path,
    leftSection: <NodeIcon type={node.type} />,
    onClick: () => showNode(path),
  }));
  const types = readOnly ? [] : [...catalogue.values()].map((one): SpotlightActionData => ({
    id: `add ${one.type}`,
    label: one.title,
    description: one.description,
    keywords: [one.type, ...one.keywords],
    leftSection: <NodeIcon type={one.type} />,
    onClick: () => {
      const path = addNode({ type: one.type }, levelAtPoint(...atPointer()));
      if (path === null) return;
      useEditor.getState().open(path);
      revealNode(path);
    },
  }));
  return [
    { group: t("commands.do"), actions: commands },
    { group: t("commands.go"), actions: nodes },
    { group: t("commands.add"), actions: types },
  ];
}
