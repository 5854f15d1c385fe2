/** What the parts of the editor know of each other: the document, the run that is watched, and who has what open. */
import type { ExecutionDetail, NodeDetail, NodeOut, OperationOut, PresenceOut, ProblemOut, WorkflowOut } from "@/api";

/** A node by its name within a workflow: `load`, `places.body.place`. */
export type NodePath = string;
/** A graph within a workflow: "" for the workflow itself, `places.body` for a container's body. */
export type Level = string;
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface NodeDocument {
  type: string;
  params?: Record<string, Json>;
  title?: string;
  version?: number;
  disabled?: boolean;
  notes?: string;
  credential?: string;
  body?: LevelDocument;
  slots?: Record<string, Json>;
  [field: string]: unknown;
}

export interface LevelDocument {
  nodes: Record<string, NodeDocument>;
  edges?: string[];
  output?: Json;
  [field: string]: unknown;
}

export interface WorkflowDocument extends LevelDocument {
  studio: number;
  name: string;
  inputs?: Record<string, Json>;
  settings?: Record<string, Json>;
  canvas?: { positions?: Record<NodePath, [number, number]>; notes?: Json[]; groups?: Json[] };
}

/** An operation on the draft, as the API takes it (docs/editing.md). */
export type Operation =
  | { op: "set"; path: string[]; value: Json }
  | { op: "remove"; path: string[]; prune?: number }
  | { op: "add_node"; node: NodePath; value: NodeDocument; positions?: Record<NodePath, [number, number]>; edges?: string[] }
  | { op: "remove_node"; node: NodePath }
  | { op: "rename_node"; node: NodePath; to: string }
  | { op: "add_edge"; edge: string; graph?: Level }
  | { op: "remove_edge"; edge: string; graph?: Level }
  | { op: "move"; positions: Record<NodePath, [number, number] | null> };

export type Saving = "saved" | "saving" | "offline" | "conflict";

/** The draft that is edited. `useEditor` of `editor/store` gives it. */
export interface EditorState {
  readonly workflow: WorkflowOut;
  readonly document: WorkflowDocument;
  /** Revision of the draft that the server has confirmed. */
  readonly revision: number;
  readonly saving: Saving;
  readonly readOnly: boolean;
  readonly catalogue: ReadonlyMap<string, NodeOut>;
  readonly problems: readonly ProblemOut[];
  readonly others: readonly PresenceOut[];
  readonly selection: readonly NodePath[];
  /** The node whose inspector is open. */
  readonly opened: NodePath | null;
  /** Which param the inspector shows first, where one was jumped to. */
  readonly openedParam: string | null;
  readonly steps: { undo: number; redo: number };
  /** Carry operations out at once and send them; all of one call are one step of undo. */
  apply(operations: readonly Operation[]): void;
  undo(): void;
  redo(): void;
  select(nodes: readonly NodePath[]): void;
  open(node: NodePath | null, param?: string): void;
  /** Wait until everything is saved; rejects where it cannot be. */
  flush(): Promise<void>;
  /** Take in a batch of somebody else. */
  receive(operation: OperationOut): void;
}

export type NodeRunState =
  | "pending" | "running" | "waiting" | "paused" | "in_doubt" | "succeeded" | "failed" | "skipped" | "cancelled";

/** What is known of a node in the execution that is watched. */
export interface NodeWatch {
  readonly state: NodeRunState;
  /** Milliseconds since 1970. */
  readonly startedAt?: number;
  readonly seconds?: number;
  readonly attempts?: number;
  /** Node runs inside a map: how many are done, failed, and to come. */
  readonly items?: { done: number; failed: number; total: number | null };
  readonly outputBytes?: number;
  readonly error?: { code: string; message: string; param?: string | null };
  /** 0 to 1, where the node says how far it is. */
  readonly progress?: number;
  /** The output was taken from an earlier run: when that was. */
  readonly cachedAt?: number;
}

/** What went over an edge. */
export interface EdgeWatch {
  /** Counts up by one each time a value passes: the canvas sends a dot for each. */
  readonly passed: number;
  readonly label: string;
}

export type StartKind =
  | { kind: "all"; inputs?: Record<string, Json> }
  | { kind: "until"; node: NodePath }
  | { kind: "from"; node: NodePath }
  | { kind: "node"; node: NodePath };

/** The execution that is watched. `useRun` of `debugger/store` gives it. */
export interface RunState {
  readonly execution: ExecutionDetail | null;
  readonly connection: "idle" | "connecting" | "open" | "lost" | "ended";
  readonly nodes: ReadonlyMap<NodePath, NodeWatch>;
  /** By `source.port -> target` as the canvas names its edges. */
  readonly edges: ReadonlyMap<string, EdgeWatch>;
  readonly breakpoints: ReadonlySet<NodePath>;
  readonly pinned: ReadonlyMap<NodePath, Json>;
  start(what: StartKind): Promise<void>;
  watch(execution: string): void;
  stop(): Promise<void>;
  toggleBreakpoint(node: NodePath): void;
  clear(): void;
}

/** Where the data of a node run can be fetched. `GET /executions/{execution}/values` takes these. */
export interface ValueAddress {
  readonly execution: string;
  readonly node: NodePath;
  readonly part: "input" | "output";
  readonly item?: number;
}

export type NodeTypeDetail = NodeDetail;
