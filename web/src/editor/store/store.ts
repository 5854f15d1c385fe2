/** The store of the draft that is open: what is shown, and what one can do. Talking to the server is `sync`'s. */
import { create } from "zustand";

import type { WorkflowOut } from "@/api";

import type { Operation } from "../contracts";
import { perform } from "../model/apply";
import { freshId, keep } from "./queue";
import { NO_DOCUMENT, type StoreState, type Viewer } from "./state";
import { Sync } from "./sync";

/** Whoever draws the canvas lends it here. */
export const viewer: { current: Viewer | null } = { current: null };

const NOTHING = {
  loading: "none",
  failure: null,
  workflow: { id: "", name: "", key: "" } as WorkflowOut,
  document: NO_DOCUMENT,
  revision: 0,
  saving: "saved",
  readOnly: true,
  catalogue: new Map(),
  shapes: new Map(),
  problems: [],
  others: [],
  selection: [],
  opened: null,
  openedParam: null,
  steps: { undo: 0, redo: 0 },
  confirmed: { revision: 0, document: NO_DOCUMENT },
  queue: [],
  conflict: null,
  live: false,
} as const;

export const useEditor = create<StoreState>()((set, get) => {
  let sync: Sync | null = null;

  const close = (): void => {
    sync?.close();
    sync = null;
    set({ ...NOTHING, workflow: NOTHING.workflow });
  };

  return {
    ...NOTHING,
    client: freshId(),

    async load(workflow, may) {
      close();
      const mine = new Sync(workflow, { get, set, viewer });
      sync = mine;
      await mine.load(may);
    },
    close,

    apply(operations: readonly Operation[]) {
      const state = get();
      if (state.readOnly || operations.length === 0) return;
      const batch = { id: freshId(), client: state.client, base: state.confirmed.revision, operations };
      const document = operations.reduce(perform, state.document);
      const queue = [...state.queue, batch];
      keep(state.workflow.id, queue);
      sync?.before(batch.id);
      set({
        document,
        queue,
        saving: state.saving === "saved" ? "saving" : state.saving,
        workflow: document.name === state.workflow.name ? state.workflow : { ...state.workflow, name: document.name },
      });
      sync?.send();
    },

    undo: () => void sync?.back("undo"),
    redo: () => void sync?.back("redo"),

    select(nodes) {
      if (same(get().selection, nodes)) return;
      set({ selection: nodes });
      sync?.tell();
    },
    open(node, param) {
      set({ opened: node, openedParam: param ?? null });
      sync?.tell();
    },
    flush: () => sync?.flush() ?? Promise.resolve(),
    receive: (operation) => sync?.receive([operation]),
    settle: (choice) => sync?.settle(choice),
    point: (cursor) => sync?.tell(cursor),
    check: () => sync?.check() ?? Promise.resolve(),
    refresh: (workflow) => set({ workflow }),
  };
});

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, at) => name === other[at]);
}
