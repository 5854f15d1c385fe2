/**
 * The live debugger, as the canvas and the inspector use it.
 *
 * - `useRun` is the execution that the editor watches.
 * - `NodeBadge` and `BreakpointDot` go onto a node, `EdgeFlow` into an edge: its `id` is that of the canvas's edge.
 * - `useWatched` reads the execution around: the editor's, or that of the screen of an execution.
 */
export { useRun, makeRun, type UseRun } from "./store";
export { RunContext, useWatched, useRunStore } from "./RunContext";
export { NodeBadge, BreakpointDot } from "./NodeBadge";
export { EdgeFlow } from "./EdgeFlow";
export { RunBar } from "./RunBar";
export { StateBadge, StateIcon, colourOf } from "./states";
export type { RunStore } from "./state";
