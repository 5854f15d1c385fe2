/** Everything that can be done by a key, from the command palette, and as the sheet of shortcuts lists it. */
import { levelOf, nodeAt } from "../model/paths";
import { useEditor } from "../store";
import { align, arrange, distribute, duplicate, nudge, remove, toggleDisabled } from "./actions";
import { copyAll, cutAll, pasteAll } from "./copying";
import { drawing, levelAtPoint, placeOf } from "./drawing";
import { useFlow } from "./flowStore";
import { addSticky, isSticky, removedStickies } from "./notes";
import { openCalled } from "./opening";
import { pointer } from "./pointer";
import { tellBroken } from "./telling";
import { useCanvasUi } from "./ui";
import { fitAll, flowView, focusNode, middle } from "./view";

export interface Command {
  readonly id: string;
  /** As they are pressed: `mod` is Ctrl, or Cmd on a Mac. Empty where there is no key. */
  readonly keys: readonly string[];
  readonly group: "edit" | "nodes" | "view" | "arrange";
  /** Also while somebody writes in a field. */
  readonly anywhere?: boolean;
  readonly changes?: boolean;
  readonly needs?: number;
  readonly run: () => void;
}

const ui = () => useCanvasUi.getState();
const editor = () => useEditor.getState();
const selected = (): string | undefined => editor().selection[0];

export const COMMANDS: readonly Command[] = [
  { id: "palette", keys: ["mod+K"], group: "view", anywhere: true, run: () => void openSpotlight() },
  { id: "search", keys: ["mod+F"], group: "view", anywhere: true, run: () => ui().show({ searching: true }) },
  { id: "shortcuts", keys: ["?"], group: "view", run: () => ui().show({ shortcuts: true }) },
  { id: "nodes_panel", keys: ["P"], group: "view", run: () => ui().show({ palette: !ui().palette }) },
  { id: "problems", keys: ["M"], group: "view", run: () => ui().show({ drawer: ui().drawer === "problems" ? null : "problems" }) },
  { id: "fit", keys: ["1"], group: "view", run: fitAll },
  { id: "zoom_in", keys: ["+", "="], group: "view", run: () => void flowView.current?.zoomIn({ duration: 150 }) },
  { id: "zoom_out", keys: ["-"], group: "view", run: () => void flowView.current?.zoomOut({ duration: 150 }) },
  { id: "zoom_reset", keys: ["0"], group: "view", run: () => void flowView.current?.zoomTo(1, { duration: 150 }) },

  { id: "undo", keys: ["mod+Z"], group: "edit", changes: true, run: () => editor().undo() },
  { id: "redo", keys: ["mod+shift+Z", "mod+Y"], group: "edit", changes: true, run: () => editor().redo() },
  { id: "copy", keys: ["mod+C"], group: "edit", needs: 1, run: () => void copyAll() },
  { id: "cut", keys: ["mod+X"], group: "edit", needs: 1, changes: true, run: () => void cutAll() },
  { id: "paste", keys: ["mod+V"], group: "edit", changes: true, run: () => void pasteAll() },
  { id: "duplicate", keys: ["mod+D"], group: "edit", needs: 1, changes: true, run: duplicate },
  { id: "delete", keys: ["Delete", "Backspace"], group: "edit", changes: true, run: removeSelected },
  { id: "select_all", keys: ["mod+A"], group: "edit", run: selectAll },

  { id: "add", keys: ["N"], group: "nodes", changes: true, run: pickNear },
  { id: "wire", keys: ["W"], group: "nodes", needs: 1, changes: true, run: () => ui().show({ wiring: selected() ?? null }) },
  { id: "open", keys: ["Enter"], group: "nodes", needs: 1, run: openSelected },
  { id: "rename", keys: ["F2"], group: "nodes", needs: 1, changes: true, run: () => ui().show({ renaming: selected() ?? null }) },
  { id: "disable", keys: ["D"], group: "nodes", needs: 1, changes: true, run: toggleDisabled },
  { id: "toggle", keys: ["E"], group: "nodes", needs: 1, run: () => toggleSelected() },
  { id: "note", keys: ["S"], group: "nodes", changes: true, run: () => addSticky("notes", atPointer(), [220, 140]) },
  { id: "group", keys: ["mod+G"], group: "nodes", needs: 1, changes: true, run: groupSelected },

  { id: "arrange", keys: ["shift+A"], group: "arrange", changes: true, run: arrangeAll },
  { id: "move_left", keys: ["ArrowLeft"], group: "arrange", needs: 1, changes: true, run: () => nudge(-20, 0) },
  { id: "move_right", keys: ["ArrowRight"], group: "arrange", needs: 1, changes: true, run: () => nudge(20, 0) },
  { id: "move_up", keys: ["ArrowUp"], group: "arrange", needs: 1, changes: true, run: () => nudge(0, -20) },
  { id: "move_down", keys: ["ArrowDown"], group: "arrange", needs: 1, changes: true, run: () => nudge(0, 20) },
  { id: "go_left", keys: ["alt+ArrowLeft"], group: "nodes", run: () => go(-1, 0) },
  { id: "go_right", keys: ["alt+ArrowRight"], group: "nodes", run: () => go(1, 0) },
  { id: "go_up", keys: ["alt+ArrowUp"], group: "nodes", run: () => go(0, -1) },
  { id: "go_down", keys: ["alt+ArrowDown"], group: "nodes", run: () => go(0, 1) },
  { id: "align_left", keys: ["alt+shift+L"], group: "arrange", needs: 2, changes: true, run: () => align("left") },
  { id: "align_centre", keys: ["alt+shift+C"], group: "arrange", needs: 2, changes: true, run: () => align("centre") },
  { id: "align_right", keys: ["alt+shift+R"], group: "arrange", needs: 2, changes: true, run: () => align("right") },
  { id: "align_top", keys: ["alt+shift+T"], group: "arrange", needs: 2, changes: true, run: () => align("top") },
  { id: "align_middle", keys: ["alt+shift+M"], group: "arrange", needs: 2, changes: true, run: () => align("middle") },
  { id: "align_bottom", keys: ["alt+shift+B"], group: "arrange", needs: 2, changes: true, run: () => align("bottom") },
  { id: "distribute_x", keys: ["alt+shift+H"], group: "arrange", needs: 3, changes: true, run: () => distribute("x") },
  { id: "distribute_y", keys: ["alt+shift+V"], group: "arrange", needs: 3, changes: true, run: () => distribute("y") },
];

/** Whether a command can be carried out now. */
export function possible(command: Command): boolean {
  const { readOnly, selection } = editor();
  return !(command.changes === true && readOnly) && selection.length >= (command.needs ?? 0);
}

async function openSpotlight(): Promise<void> {
  const { openCommands } = await import("./Commands");
  openCommands();
}

function removeSelected(): void {
  const { document, selection, apply } = editor();
  const { nodes, edges } = useFlow.getState();
  const stickies = new Set(nodes.filter((one) => one.selected === true && isSticky(one.id)).map((one) => one.id));
  const wires = edges.flatMap((one) => (one.selected === true && one.data !== undefined ? [one.data.drawn] : []));
  if (stickies.size > 0) apply(removedStickies(document, stickies));
  if (selection.length > 0 || wires.length > 0) tellBroken(remove(selection, wires));
}

function selectAll(): void {
  const level = levelOf(selected() ?? "");
  editor().select(drawing.graph.nodes.filter((one) => one.level === level && one.slot === null).map((one) => one.path));
}

function openSelected(): void {
  const path = selected();
  const node = path === undefined ? undefined : nodeAt(editor().document, path);
  if (path !== undefined && !(node?.type === "flow.call" && openCalled(node))) editor().open(path);
}

function toggleSelected(): void {
  const path = selected();
  if (path !== undefined && drawing.graph.nodes.some((one) => one.path === path && (one.look === "frame" || one.held > 0))) ui().toggle(path);
}

/** Where the pointer is on the canvas, or else the middle of it. */
export function atPointer(): [number, number] {
  const at = flowView.current?.screenToFlowPosition(pointer.over ? pointer : middle());
  return [at?.x ?? 0, at?.y ?? 0];
}

/** The picker for a node behind the selected one, or where the pointer is. */
export function pickNear(): void {
  const path = selected();
  const box = path === undefined ? null : document.querySelector(`.react-flow__node[data-id="${CSS.escape(path)}"]`);
  if (path !== undefined && box !== null && !path.includes(".slots.")) {
    const { right, top } = box.getBoundingClientRect();
    ui().show({ picking: { x: right + 12, y: top, level: levelOf(path), at: null, from: { node: path, port: null } } });
    return;
  }
  const screen = pointer.over ? { x: pointer.x, y: pointer.y } : middle();
  ui().show({ picking: { ...screen, ...levelAtPoint(...atPointer()) } });
}

function arrangeAll(): void {
  arrange();
  setTimeout(fitAll, 50);
}

function groupSelected(): void {
  const boxes = drawing.graph.nodes.filter((one) => editor().selection.includes(one.path) && one.level === "" && one.slot === null);
  if (boxes.length === 0) return;
  const [xs, ys] = [boxes.map((one) => placeOf(one.path)[0]), boxes.map((one) => placeOf(one.path)[1])];
  const right = Math.max(...boxes.map((one) => placeOf(one.path)[0] + one.size.width));
  const bottom = Math.max(...boxes.map((one) => placeOf(one.path)[1] + one.size.height));
  const [x, y] = [Math.min(...xs) - 20, Math.min(...ys) - 50];
  addSticky("groups", [x, y], [right - x + 20, bottom - y + 20]);
}

function internal(id: string): { x: number; y: number } {
  return flowView.current?.getInternalNode(id)?.internals.positionAbsolute ?? { x: 0, y: 0 };
}

/** Select the nearest node in a direction. */
function go(dx: number, dy: number): void {
  const from = selected();
  const nodes = useFlow.getState().nodes.filter((one) => !isSticky(one.id));
  if (from === undefined) {
    const [first] = [...nodes].sort((one, other) => internal(one.id).x - internal(other.id).x);
    if (first !== undefined) goTo(first.id);
    return;
  }
  const here = internal(from);
  let best: { id: string; far: number } | null = null;
  for (const one of nodes) {
    const at = internal(one.id);
    const [along, across] = dx === 0 ? [(at.y - here.y) * dy, Math.abs(at.x - here.x)] : [(at.x - here.x) * dx, Math.abs(at.y - here.y)];
    const far = along + 2 * across;
    if (one.id !== from && along > 0 && (best === null || far < best.far)) best = { id: one.id, far };
  }
  if (best !== null) goTo(best.id);
}

function goTo(id: string): void {
  editor().select([id]);
  const flow = flowView.current;
  const node = flow?.getInternalNode(id);
  if (flow != null && node !== undefined) {
    const { x, y } = flow.flowToScreenPosition(node.internals.positionAbsolute);
    const inView = document.elementsFromPoint(x + 10, y + 10).some((one) => one.classList.contains("react-flow__pane"));
    if (!inView) void flow.setCenter(node.internals.positionAbsolute.x + 120, node.internals.positionAbsolute.y + 40, { zoom: flow.getZoom(), duration: 150 });
  }
  focusNode(id);
}
