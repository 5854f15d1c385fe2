/** Which param takes what is picked in the data: the one that was gone into last. */
import { create } from "zustand";

import type { Taker } from "./context";

interface Picking {
  readonly taker: Taker | null;
  hold(taker: Taker): void;
  drop(name: string): void;
}

export const usePicking = create<Picking>()((set, get) => ({
  taker: null,
  hold: (taker) => set({ taker }),
  drop: (name) => {
    if (get().taker?.name === name) set({ taker: null });
  },
}));
