import { useEffect } from "react";

import { COMMANDS, possible, type Command } from "./commands";

/** The browser does these itself, as events of the clipboard. */
const NATIVE = new Set(["copy", "cut", "paste"]);
/** Where these keys belong to what has the focus. */
const ON_BUTTONS = new Set(["Enter", "Delete", "Backspace", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]);

/** Carries commands out by their keys. */
export function useKeys(): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      const command = COMMANDS.find((one) => !NATIVE.has(one.id) && one.keys.some((keys) => fitsKeys(event, keys)));
      if (command === undefined || event.defaultPrevented || !allowed(command, event) || !possible(command)) return;
      event.preventDefault();
      command.run();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, []);
}

function allowed(command: Command, event: KeyboardEvent): boolean {
  if (command.anywhere === true) return true;
  if (inField(event.target) || inDialog(event.target)) return false;
  return !(ON_BUTTONS.has(event.key) && onControl(event.target));
}

/** Whether something has the focus in which one writes. */
export function inField(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable=true], .cm-editor") !== null;
}

function inDialog(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("[role=dialog], [role=menu], [role=listbox]") !== null;
}

/** A button or link, or anything outside of the canvas that takes the key itself. */
function onControl(target: EventTarget | null): boolean {
  if (!(target instanceof Element) || target === document.body) return false;
  return target.closest("button, a, [role=button], [role=tab]") !== null && !target.matches(".react-flow__node, .react-flow__edge");
}

/** Whether a key was pressed as it is written: `mod+shift+Z`. */
export function fitsKeys(event: KeyboardEvent, keys: string): boolean {
  const parts = keys.split("+");
  const key = keys.endsWith("+") ? "+" : (parts.pop() ?? "");
  const wants = (name: string): boolean => parts.includes(name);
  const plain = key.length === 1 && !/[a-z]/i.test(key);
  if ((event.ctrlKey || event.metaKey) !== wants("mod") || event.altKey !== wants("alt")) return false;
  // Signs may need Shift on some keyboards.
  if (!plain && event.shiftKey !== wants("shift")) return false;
  return event.key.toLowerCase() === key.toLowerCase() || (event.altKey && event.code === `Key${key.toUpperCase()}`);
}
