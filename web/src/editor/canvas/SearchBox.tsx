import { CloseButton, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useMemo, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";

import type { NodePath } from "../contracts";
import { everyNode, idOf } from "../model/paths";
import { useEditor } from "../store";
import { NodeIcon } from "./look";
import classes from "./Overlay.module.css";
import { useCanvasUi } from "./ui";
import { focusNode, showNode } from "./view";

const MOST = 50;

interface Hit {
  readonly path: NodePath;
  readonly type: string;
  readonly title: string;
  /** Where the words stand, if not in the name. */
  readonly where: string;
}

/** Search in the graph: names, types, params and notes of nodes. */
export function SearchBox() {
  const { t } = useTranslation("canvas");
  const [words, setWords] = useState("");
  const [at, setAt] = useState(0);
  const hits = useHits(words);
  const go = (next: number): void => {
    const place = (next + hits.length) % Math.max(1, hits.length);
    const hit = hits[place];
    setAt(place);
    if (hit !== undefined) showNode(hit.path);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape") close();
    else if (event.key === "ArrowDown") setAt(Math.min(hits.length - 1, at + 1));
    else if (event.key === "ArrowUp") setAt(Math.max(0, at - 1));
    else if (event.key === "Enter") go(event.shiftKey ? at - 1 : at);
    else return;
    event.preventDefault();
  };
  return (
    <search dir={document.documentElement.dir} className={classes.box} aria-label={t("search.title")}>
      <div className={classes.field}>
        <TextInput
          value={words}
          onChange={(event) => {
            setWords(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
          leftSection={<IconSearch size={16} />}
          rightSection={<CloseButton size="sm" aria-label={t("common:close")} onClick={close} />}
          placeholder={t("search.field")}
          aria-label={t("search.field")}
          autoFocus
        />
      </div>
      {words !== "" && (
        <div className={classes.list} role="listbox" aria-label={t("search.title")}>
          <div className={classes.label} role="status">{t("search.found", { count: hits.length })}</div>
          {hits.map((hit, place) => (
            // The keyboard is on the field above.
            // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
            <div key={hit.path} className={classes.option} role="option" aria-selected={place === at} tabIndex={-1} onClick={() => go(place)}>
              <NodeIcon type={hit.type} />
              <span className={classes.words}>
                <span className={classes.name}>{hit.title}</span>
                <span className={classes.what} dir="ltr">{hit.where}</span>
              </span>
            </div>
          ))}
        </div>
      )}
    </search>
  );
}

function close(): void {
  useCanvasUi.getState().show({ searching: false });
  const [first] = useEditor.getState().selection;
  if (first !== undefined) focusNode(first);
}

function useHits(words: string): Hit[] {
  const document = useEditor((state) => state.document);
  const catalogue = useEditor((state) => state.catalogue);
  return useMemo(() => {
    const wanted = words.trim().toLowerCase();
    if (wanted === "") return [];
    const found: Hit[] = [];
    for (const [path, node] of everyNode(document)) {
      const title = node.title ?? catalogue.get(node.type)?.title ?? node.type;
      const named = [title, idOf(path), node.type].some((one) => one.toLowerCase().includes(wanted));
      const inside = named ? path : textWith(node.params, wanted) ?? textWith(node.notes, wanted);
      if (inside !== null) found.push({ path, type: node.type, title, where: inside });
      if (found.length === MOST) break;
    }
    return found;
  }, [words, document, catalogue]);
}

/** The first text within a value that holds the words. */
function textWith(value: unknown, wanted: string): string | null {
  if (typeof value === "string") return value.toLowerCase().includes(wanted) ? value.slice(0, 120) : null;
  if (typeof value !== "object" || value === null) return null;
  for (const one of Object.values(value)) {
    const found = textWith(one, wanted);
    if (found !== null) return found;
  }
  return null;
}
