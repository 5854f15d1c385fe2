/** Which item is looked at, of each container around and of params that are worked out per item. */
import { create } from "zustand";

interface Items {
  /** By container, or by node and param. */
  readonly chosen: Readonly<Record<string, number>>;
  choose(what: string, index: number): void;
}

export const useItems = create<Items>()((set, get) => ({
  chosen: {},
  choose: (what, index) => set({ chosen: { ...get().chosen, [what]: index } }),
}));
