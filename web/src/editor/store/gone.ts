import type { NodePath } from "../contracts";
import { nodeAt } from "../model/paths";
import type { StoreState } from "./state";

/** What is selected and open, as far as it changes because nodes are gone. */
export function withoutGone(state: StoreState): Partial<StoreState> {
  const there = (node: NodePath): boolean => node.includes(".slots.") || nodeAt(state.document, node) !== undefined;
  const selection = state.selection.filter(there);
  const lost = state.opened !== null && !there(state.opened);
  return {
    ...(selection.length === state.selection.length ? {} : { selection }),
    ...(lost ? { opened: null, openedParam: null } : {}),
  };
}
