import { ActionIcon, Collapse, SegmentedControl, TextInput, Tooltip, UnstyledButton } from "@mantine/core";
import { IconChevronRight, IconLayoutSidebarLeftCollapse, IconSearch } from "@tabler/icons-react";
import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import type { NodeOut } from "@/api";

import { useCanvasUi } from "../canvas/ui";
import { useEditor } from "../store";
import { PaletteNode } from "./PaletteNode";
import classes from "./Palette.module.css";
import { searched } from "./search";
import { Workflows } from "./Workflows";

const ORDER = ["trigger", "flow", "data", "table", "files", "http", "ai", "database", "crypto"];

/** Node types by category; a few words find them. Workflows can be called as nodes. */
export function Palette() {
  const { t } = useTranslation("canvas");
  const [words, setWords] = useState("");
  const [what, setWhat] = useState("nodes");
  const list = useRef<HTMLDivElement>(null);
  const down = (): void => list.current?.querySelector<HTMLElement>("[data-entry]")?.focus();
  return (
    <aside className={classes.palette} aria-label={t("palette.title")} data-palette>
      <div className={classes.top}>
        <SegmentedControl
          size="xs"
          value={what}
          onChange={setWhat}
          data={[{ value: "nodes", label: t("palette.nodes") }, { value: "workflows", label: t("palette.workflows") }]}
        />
        <Tooltip label={t("palette.hide")}>
          <ActionIcon variant="subtle" color="gray" aria-label={t("palette.hide")} onClick={() => useCanvasUi.getState().show({ palette: false })}>
            <IconLayoutSidebarLeftCollapse size={18} className={classes.flip ?? ""} />
          </ActionIcon>
        </Tooltip>
      </div>
      <TextInput
        m={8}
        mt={0}
        size="sm"
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") down();
          if (event.key === "Escape") setWords("");
        }}
        leftSection={<IconSearch size={16} />}
        placeholder={t("palette.search")}
        aria-label={t("palette.search")}
      />
      <div ref={list} className={classes.list} onKeyDown={walked} role="presentation">
        {what === "nodes" ? <Nodes words={words} /> : <Workflows words={words} />}
      </div>
    </aside>
  );
}

/** Up and down go from entry to entry. */
function walked(event: React.KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const entries = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-entry]")].filter((one) => one.offsetParent !== null);
  const at = entries.indexOf(document.activeElement as HTMLElement);
  entries[Math.min(entries.length - 1, Math.max(0, at + step))]?.focus();
  event.preventDefault();
}

function Nodes({ words }: { words: string }) {
  const { t } = useTranslation("canvas");
  const catalogue = useEditor((state) => state.catalogue);
  const found = useMemo(() => searched([...catalogue.values()], words), [catalogue, words]);
  const groups = useMemo(() => byCategory([...catalogue.values()]), [catalogue]);
  if (words.trim() !== "") {
    return (
      <>
        {found.slice(0, 100).map((node) => <PaletteNode key={node.type} node={node} />)}
        {found.length === 0 && <p className={classes.none}>{t("picker.none")}</p>}
      </>
    );
  }
  return groups.map(([category, nodes]) => <Category key={category} name={category} nodes={nodes} />);
}

function Category({ name, nodes }: { name: string; nodes: readonly NodeOut[] }) {
  const { t } = useTranslation("canvas");
  const [open, setOpen] = useState(name === "trigger" || name === "flow");
  const title = t(`category.${name}`, { defaultValue: name });
  return (
    <section className={classes.category} data-category={name}>
      <UnstyledButton className={classes.categoryHead} data-entry aria-expanded={open} onClick={() => setOpen(!open)}>
        <IconChevronRight size={14} className={classes.arrow ?? ""} data-open={open || undefined} />
        <span>{title}</span>
        <span className={classes.count}>{nodes.length}</span>
      </UnstyledButton>
      <Collapse expanded={open}>{open && nodes.map((node) => <PaletteNode key={node.type} node={node} />)}</Collapse>
    </section>
  );
}

function byCategory(nodes: readonly NodeOut[]): [string, NodeOut[]][] {
  const groups = new Map<string, NodeOut[]>();
  for (const one of nodes) groups.set(one.category, [...(groups.get(one.category) ?? []), one]);
  const rank = (name: string): number => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
  return [...groups].sort(([one], [other]) => rank(one) - rank(other) || one.localeCompare(other));
}
