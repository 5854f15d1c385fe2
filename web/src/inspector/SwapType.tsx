/** Another type for a node: its id, its wires and the params of the same name stay. */
import { ScrollArea, Text, TextInput, UnstyledButton } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type NodeDetail, type NodeOut } from "@/api";
import { NodeIcon } from "@/editor/canvas/look";
import type { NodePath } from "@/editor/contracts";
import { nodeAt } from "@/editor/model/paths";
import { searched } from "@/editor/palette/search";
import { useEditor } from "@/editor/store";
import { tellProblem } from "@/shared/told";
import { swap } from "./swap";

const SHOWN = 40;

export function SwapType({ node, detail, done }: { node: NodePath; detail: NodeDetail | undefined; done: () => void }) {
  const { t } = useTranslation("inspector");
  const catalogue = useEditor((state) => state.catalogue);
  const [words, setWords] = useState("");
  const pack = detail?.pack;
  const trigger = detail?.kind === "trigger";
  const fits = [...catalogue.values()].filter((one) => one.type !== detail?.type && one.type.startsWith("trigger.") === trigger);
  const found = searched(fits, words, (one) => (one.pack === pack ? 0.5 : 0)).slice(0, SHOWN);
  const choose = async (to: NodeOut): Promise<void> => {
    try {
      const { data } = await api.showNode({ path: { type: to.type } });
      const { document, apply } = useEditor.getState();
      const now = nodeAt(document, node);
      if (now !== undefined) apply(swap(node, now, data));
      done();
    } catch (error) {
      tellProblem(error);
    }
  };
  return (
    <>
      <TextInput size="xs" leftSection={<IconSearch size={14} />} placeholder={t("swap.search")} aria-label={t("swap.search")} value={words} data-autofocus onChange={(event) => setWords(event.currentTarget.value)} />
      <Text size="xs" c="var(--studio-muted)" my={6}>{t("swap.text")}</Text>
      <ScrollArea.Autosize mah={300}>
        {found.map((one) => (
          <UnstyledButton key={one.type} w="100%" p={6} onClick={() => void choose(one)} style={{ display: "flex", gap: 8, alignItems: "center" }}>
            <NodeIcon type={one.type} />
            <span>
              <Text size="sm">{one.title}</Text>
              <Text size="xs" c="var(--studio-muted)">{one.type}</Text>
            </span>
          </UnstyledButton>
        ))}
        {found.length === 0 && <Text size="sm" p={6} c="var(--studio-muted)">{t("none_found")}</Text>}
      </ScrollArea.Autosize>
    </>
  );
}
