import { TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";

import type { NodeOut } from "@/api";

import { given, wanted } from "../model/connect";
import { FIRST, useOptions } from "../palette/useOptions";
import { useEditor } from "../store";
import { addNode } from "./actions";
import { world } from "./drawing";
import { NodeIcon } from "./look";
import classes from "./Overlay.module.css";
import { useCanvasUi, type Picking } from "./ui";
import { focusNode, revealNode } from "./view";

/** Node types at the pointer: what fits comes first, and the best of it is chosen already. */
export function Picker({ picking }: { picking: Picking }) {
  const { t } = useTranslation("canvas");
  const [words, setWords] = useState("");
  const [at, setAt] = useState(0);
  const { fitting, others } = useOptions(words, picking);
  const all = [...fitting, ...others];
  const [most, setMost] = useState(FIRST);
  const shown = Math.max(most, at + 8);
  const box = useRef<HTMLDivElement>(null);
  useInside(box, picking);
  useOutside(box);

  const add = (node: NodeOut | undefined): void => {
    if (node === undefined) return;
    close();
    const path = addNode({ type: node.type }, picking);
    if (path === null) return;
    useEditor.getState().open(path);
    revealNode(path);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step !== undefined) setAt(Math.min(all.length - 1, Math.max(0, at + step)));
    else if (event.key === "Enter") add(all[at]);
    else if (event.key === "Escape") closeBack(picking);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div ref={box} dir={document.documentElement.dir} className={classes.picker} role="dialog" aria-label={t("picker.title")}>
      <Hint picking={picking} />
      <div className={classes.field}>
        <TextInput
          value={words}
          onChange={(event) => {
            setWords(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
          leftSection={<IconSearch size={16} />}
          placeholder={t("picker.search")}
          aria-label={t("picker.search")}
          role="combobox"
          aria-expanded
          aria-controls="studio-picker"
          aria-activedescendant={`studio-picker-${at}`}
          autoFocus
        />
      </div>
      <div className={classes.list} id="studio-picker" role="listbox" aria-label={t("picker.title")} onScroll={() => shown < all.length && setMost(shown + FIRST)}>
        {all.slice(0, shown).map((node, place) => (
          <div key={node.type}>
            {place === fitting.length && others.length > 0 && <div className={classes.label}>{t("picker.others")}</div>}
            <Option node={node} place={place} chosen={place === at} pick={() => add(node)} point={() => setAt(place)} />
          </div>
        ))}
        {all.length === 0 && <div className={classes.label}>{t("picker.none")}</div>}
      </div>
    </div>
  );
}

interface OptionProps {
  node: NodeOut;
  place: number;
  chosen: boolean;
  pick: () => void;
  point: () => void;
}

function Option({ node, place, chosen, pick, point }: OptionProps) {
  const own = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (chosen) own.current?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  return (
    // The keyboard is on the field above, which names the chosen option.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      ref={own} id={`studio-picker-${place}`} className={classes.option} role="option" aria-selected={chosen} tabIndex={-1}
      data-type={node.type} onClick={pick} onMouseMove={chosen ? undefined : point}
    >
      <NodeIcon type={node.type} />
      <span className={classes.words}>
        <span className={classes.name}>{node.title}</span>
        <span className={classes.what}>{node.description}</span>
      </span>
    </div>
  );
}

function Hint({ picking }: { picking: Picking }) {
  const { t } = useTranslation("canvas");
  const { from, to } = picking;
  if (from !== undefined) return <div className={classes.hint}>{t("picker.after", { kinds: named(given(world(), from)) })}</div>;
  if (to !== undefined) return <div className={classes.hint}>{t("picker.before", { kinds: named(wanted(world(), to)) })}</div>;
  return null;

  function named(kinds: readonly string[]): string {
    return [...new Set(kinds)].map((one) => t(`kind.${one}`)).join(", ") || t("kind.any");
  }
}

function close(): void {
  useCanvasUi.getState().show({ picking: null });
}

/** Given up: the keyboard goes back to where it was. */
function closeBack(picking: Picking): void {
  close();
  const back = picking.from?.node ?? picking.to?.node;
  if (back !== undefined) focusNode(back);
}

/** Keeps the picker within the window. */
function useInside(box: React.RefObject<HTMLDivElement | null>, { x, y }: Picking): void {
  useLayoutEffect(() => {
    if (box.current !== null) keepInside(box.current, x, y);
  }, [box, x, y]);
}

function keepInside(shown: HTMLElement, x: number, y: number): void {
  const { offsetWidth, offsetHeight, style } = shown;
  style.left = `${Math.max(8, Math.min(x, window.innerWidth - offsetWidth - 8))}px`;
  style.top = `${Math.max(8, Math.min(y, window.innerHeight - offsetHeight - 8))}px`;
}

function useOutside(box: React.RefObject<HTMLDivElement | null>): void {
  useEffect(() => {
    const pressed = (event: PointerEvent): void => {
      if (event.target instanceof Node && box.current?.contains(event.target) !== true) close();
    };
    document.addEventListener("pointerdown", pressed, true);
    return () => document.removeEventListener("pointerdown", pressed, true);
  }, [box]);
}
