/** What the editor keeps beyond what its parts know of each other. */
import type { WorkflowOut } from "@/api";

import type { EditorState, Json, Operation, WorkflowDocument } from "../contracts";
import type { Shapes } from "../model/kinds";
import type { Place, View } from "./marks";
import type { Batch, Confirmed } from "./queue";

/** One operation that somebody else's change is in the way of. */
export interface Clash {
  readonly path: readonly string[];
  /** What one has written oneself, and what stands there now. */
  readonly mine: unknown;
  readonly theirs: unknown;
  readonly removed: boolean;
  readonly name: string | null;
  /** Milliseconds since 1970. */
  readonly at: number | null;
}

/** A batch that was refused because of others, with what one can choose from. */
export interface Conflict {
  /** The batch that waits; null where a step could not be taken back. */
  readonly batch: Batch | null;
  readonly how: "edit" | "undo" | "redo";
  /** In the words of the server. */
  readonly message: string;
  readonly clashes: readonly Clash[];
}

export interface StoreState extends EditorState {
  readonly loading: "none" | "loading" | "ready" | "failed";
  readonly failure: unknown;
  readonly confirmed: Confirmed;
  readonly queue: readonly Batch[];
  readonly conflict: Conflict | null;
  /** Whether the live channel stands. */
  readonly live: boolean;
  /** What node types take and give; it comes a moment after the rest where the server has just started. */
  readonly shapes: Shapes;
  /** The tab's name among those who have the workflow open. */
  readonly client: string;
  load(workflow: string, may: (permission: string, folder: string | null) => boolean): Promise<void>;
  close(): void;
  /** Send what was refused on top of what others did, or let it go. */
  settle(choice: "mine" | "theirs"): void;
  /** Tell the others where one points. */
  point(cursor: readonly [number, number] | null): void;
  /** Check the draft now; it is also checked after each save. */
  check(): Promise<void>;
  /** The workflow itself has changed: published, renamed. */
  refresh(workflow: WorkflowOut): void;
}

/** What the canvas lends the store: where it looks, and how to make it look elsewhere. */
export interface Viewer {
  get(): View;
  set(view: View): void;
}

export const NO_DOCUMENT: WorkflowDocument = { studio: 1, name: "", nodes: {} };

export type Apply = (operations: readonly Operation[]) => void;
export type { Json, Place };
