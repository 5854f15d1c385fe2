/** The draft that is open: `useEditor((state) => state.document)`. */
export { useEditor, viewer } from "./store";
export type { Clash, Conflict, StoreState } from "./state";
