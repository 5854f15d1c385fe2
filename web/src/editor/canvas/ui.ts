/** What the canvas shows beside the graph: the picker, the search, which containers are closed. */
import { create } from "zustand";

import type { Level, NodePath } from "../contracts";
import type { End } from "../model/connect";
import type { Wire } from "../model/heal";
import type { Point } from "../model/layout";

/** Where a node is to be added, and what it is to be wired to. */
export interface Adding {
  readonly level: Level;
  /** In the document's places of that level; null for a free place near what is looked at. */
  readonly at: Point | null;
  readonly from?: End | undefined;
  readonly to?: End | undefined;
  readonly wire?: Wire | undefined;
  readonly slot?: { readonly host: NodePath; readonly name: string; readonly many: boolean } | undefined;
}

export interface Picking extends Adding {
  /** On the screen. */
  readonly x: number;
  readonly y: number;
}

export interface CanvasUi {
  readonly closed: ReadonlySet<NodePath>;
  readonly picking: Picking | null;
  readonly renaming: NodePath | null;
  /** The node from which a wire is drawn by keyboard. */
  readonly wiring: NodePath | null;
  readonly searching: boolean;
  readonly shortcuts: boolean;
  readonly palette: boolean;
  readonly drawer: string | null;
  /** Why a wire was refused, for a moment, where it was let go. */
  readonly refused: { readonly text: string; readonly x: number; readonly y: number; readonly each?: (() => void) | undefined } | null;
  toggle(node: NodePath): void;
  show(part: Partial<Omit<CanvasUi, "toggle" | "show">>): void;
}

const NARROW = 768;

export const useCanvasUi = create<CanvasUi>()((set) => ({
  closed: new Set(),
  picking: null,
  renaming: null,
  wiring: null,
  searching: false,
  shortcuts: false,
  palette: typeof window !== "undefined" && window.innerWidth >= NARROW,
  drawer: null,
  refused: null,
  toggle: (node) =>
    set(({ closed }) => {
      const next = new Set(closed);
      if (!next.delete(node)) next.add(node);
      return { closed: next };
    }),
  show: (part) => set(part),
}));
