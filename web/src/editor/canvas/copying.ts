/** Copying and pasting nodes as JSON, within a workflow and between workflows. */
import { levelOf } from "../model/paths";
import { useEditor } from "../store";
import { copied, paste, remove } from "./actions";
import { drawing, levelAtPoint, placeOf } from "./drawing";
import { pointer } from "./pointer";
import { tellBroken } from "./telling";
import { flowView, middle } from "./view";

/** Where the browser lets no page read the clipboard, nodes still go from one workflow to the next within this one. */
let own = "";

export function copyText(): string | null {
  const clip = copied();
  if (clip === null) return null;
  own = JSON.stringify(clip, null, 2);
  return own;
}

export async function copyAll(): Promise<void> {
  const text = copyText();
  if (text !== null) await navigator.clipboard?.writeText(text).catch(() => undefined);
}

export async function cutAll(): Promise<void> {
  await copyAll();
  tellBroken(remove(useEditor.getState().selection, []));
}

export async function pasteAll(): Promise<void> {
  const text = await (navigator.clipboard?.readText() ?? Promise.reject(new Error("none"))).catch(() => own);
  pasteText(text);
}

/** Paste at the pointer, or else beside what is selected. */
export function pasteText(text: string): boolean {
  const [first] = useEditor.getState().selection;
  if (!pointer.over && first !== undefined && !first.includes(".slots.")) {
    const [x, y] = placeOf(first);
    return paste(text, levelOf(first), [x + 40, y + 80]);
  }
  const at = flowView.current?.screenToFlowPosition(pointer.over ? pointer : middle()) ?? { x: 0, y: 0 };
  const found = levelAtPoint(at.x, at.y);
  const busy = drawing.graph.nodes.some((one) => one.level === found.level && placeOf(one.path)[0] === found.at[0] && placeOf(one.path)[1] === found.at[1]);
  return paste(text, found.level, busy ? [found.at[0] + 40, found.at[1] + 40] : found.at);
}
