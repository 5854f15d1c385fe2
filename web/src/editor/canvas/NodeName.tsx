import { useState } from "react";
import { useTranslation } from "react-i18next";

import { isRecord, nodeAt, nodeKeys } from "../model/paths";
import { useEditor } from "../store";
import classes from "./Node.module.css";
import { useCanvasUi } from "./ui";

/** The node's title; a field while it is given another. */
export function NodeName({ path, title }: { path: string; title: string }) {
  const renaming = useCanvasUi((state) => state.renaming === path);
  return renaming ? <Field path={path} title={title} /> : <span className={classes.title}>{title}</span>;
}

function Field({ path, title }: { path: string; title: string }) {
  const { t } = useTranslation("canvas");
  const [text, setText] = useState(title);
  const done = (keep: boolean): void => {
    useCanvasUi.getState().show({ renaming: null });
    if (keep && text.trim() !== title) rename(path, text.trim());
    document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(path)}"]`)?.focus();
  };
  return (
    <input
      className={`${classes.rename} nodrag nopan`}
      aria-label={t("rename")}
      value={text}
      autoFocus
      onFocus={(event) => event.target.select()}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => done(true)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") done(true);
        if (event.key === "Escape") done(false);
      }}
    />
  );
}

/** Give a node a title; without one it is called by its type again. */
function rename(path: string, title: string): void {
  const { apply, document: found } = useEditor.getState();
  const at = path.lastIndexOf(".slots.");
  if (at < 0) {
    apply([title === "" ? { op: "remove", path: [...nodeKeys(path), "title"] } : { op: "set", path: [...nodeKeys(path), "title"], value: title }]);
    return;
  }
  const [host, [slot = "", id = ""]] = [path.slice(0, at), path.slice(at + 7).split(".")];
  const held: unknown = nodeAt(found, host)?.slots?.[slot];
  const titled = (one: unknown): unknown => (isRecord(one) && one.id === id ? { ...one, title } : one);
  apply([{ op: "set", path: [...nodeKeys(host), "slots", slot], value: (Array.isArray(held) ? held.map(titled) : titled(held)) as never }]);
}
