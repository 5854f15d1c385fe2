import { useEffect, type RefObject } from "react";

import { useEditor } from "../store";
import { remove } from "./actions";
import { copyText, pasteText } from "./copying";
import { tellBroken } from "./telling";
import { inField } from "./useKeys";

/** The browser's own copy, cut and paste: they work without asking for the clipboard. */
export function useClipboard(box: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const mine = (event: ClipboardEvent): boolean =>
      !inField(event.target) && (document.getSelection()?.isCollapsed ?? true) && box.current !== null;
    const copy = (event: ClipboardEvent): void => {
      const text = mine(event) ? copyText() : null;
      if (text === null) return;
      event.clipboardData?.setData("text/plain", text);
      event.preventDefault();
      if (event.type === "cut") tellBroken(remove(useEditor.getState().selection, []));
    };
    const paste = (event: ClipboardEvent): void => {
      if (mine(event) && pasteText(event.clipboardData?.getData("text/plain") ?? "")) event.preventDefault();
    };
    document.addEventListener("copy", copy);
    document.addEventListener("cut", copy);
    document.addEventListener("paste", paste);
    return () => {
      document.removeEventListener("copy", copy);
      document.removeEventListener("cut", copy);
      document.removeEventListener("paste", paste);
    };
  }, [box]);
}
