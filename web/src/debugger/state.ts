/** What the debugger keeps beyond what the parts of the editor know of it. */
import type { NodePath, RunState, StartKind, ValueAddress, WorkflowDocument } from "@/editor/contracts";

import type { Folded, Node, RunEvent } from "./fold";

/** What is asked before something is sent for the first time. */
export interface Asked {
  readonly nodes: readonly NodePath[];
  readonly answer: (yes: boolean) => void;
}

/** A past execution that is shown again as it went. */
export interface Playing {
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly speed: number;
  readonly running: boolean;
}

export interface RunStore extends RunState {
  readonly nodes: ReadonlyMap<NodePath, Node>;
  readonly folded: Folded;
  /** The workflow as it runs. */
  readonly document: WorkflowDocument | null;
  /** From the moment of asking until the execution is accepted. */
  readonly starting: boolean;
  readonly failure: unknown;
  /** Nodes that would run again because they have changed, outlined on the canvas. */
  readonly outlined: ReadonlySet<NodePath>;
  readonly asked: Asked | null;
  readonly playing: Playing | null;
  /** Show what a start would run again, before it is started; null takes that away. */
  outline(what: StartKind | null): void;
  /** Run the node that it stands before, and stand still before what comes next. */
  step(): Promise<void>;
  /** Go on to the next breakpoint. */
  proceed(): Promise<void>;
  /** Change data of this execution: what a node gave, or what one that stands at a breakpoint runs with. */
  edit(path: string, change: { output: unknown } | { params: Record<string, unknown> }): Promise<void>;
  /** Use what a node gave in the execution, or a value, instead of running it. */
  pin(node: NodePath, value?: unknown): Promise<void>;
  unpin(node: NodePath): Promise<void>;
  loadPinned(workflow: string): Promise<void>;
  /** Fetch again where the execution stands. */
  refresh(): Promise<void>;
  /** Show a past execution again as it went; a speed of 0 holds it. */
  play(speed: number): void;
  /** Show it as it was at a moment, in milliseconds since 1970. */
  seek(at: number): void;
  endPlaying(): void;
  /** Everything that was told so far, for a log. It grows with `folded.count`. */
  history(): readonly RunEvent[];
  addressOf(node: NodePath, part?: ValueAddress["part"]): ValueAddress | null;
}
