/** The execution that is watched, and starting, stopping and stepping it. */
import { create, type StoreApi, type UseBoundStore } from "zustand";

import { api } from "@/api";
import type { Json, NodePath, StartKind } from "@/editor/contracts";
import { useEditor } from "@/editor/store";
import { tellProblem } from "@/shared/told";

import { nothing, settled, type Folded } from "./fold";
import { runGraph, type RunGraph } from "./graph";
import { keepAgreed, keepBreakpoints, keptAgreed, keptBreakpoints } from "./kept";
import { labelled } from "./labels";
import { runs, sending } from "./planning";
import { Replaying } from "./replaying";
import { baseOf, launch, staleFor, type Base } from "./starting";
import type { RunStore } from "./state";
import { Watching } from "./watching";

export type UseRun = UseBoundStore<StoreApi<RunStore>>;

const NOTHING = {
  execution: null,
  connection: "idle",
  nodes: new Map(),
  edges: new Map(),
  folded: nothing(),
  document: null,
  failure: null,
  outlined: new Set<NodePath>(),
  asked: null,
  playing: null,
  starting: false,
} as const;

/** A store of its own: the editor has one, and each screen of an execution. */
export function makeRun(): UseRun {
  return create<RunStore>()((set, get) => new Runner(set, get).state());
}

/** Breakpoints of nodes that there are; one may have been deleted since. */
function there(breakpoints: ReadonlySet<NodePath>, graph: RunGraph): NodePath[] {
  return [...breakpoints].filter((one) => graph.types.has(one));
}

type Set_ = StoreApi<RunStore>["setState"];

class Runner {
  private watching: Watching | null = null;
  private replaying: Replaying | null = null;
  /** Whose breakpoints and pinned outputs are here. */
  private workflow = "";

  constructor(private readonly set: Set_, private readonly get: () => RunStore) {}

  state(): RunStore {
    return {
      ...NOTHING,
      breakpoints: new Set(),
      pinned: new Map(),
      start: (what) => this.start(what),
      watch: (execution) => this.watch(execution),
      stop: () => this.acting((execution) => api.cancelExecution({ path: { execution }, body: {} })),
      step: () => this.acting((execution) => api.stepExecution({ path: { execution }, body: {} })),
      proceed: () => this.acting((execution) => this.goOn(execution)),
      edit: (path, change) => this.acting((execution) => api.editExecution({ path: { execution }, body: { path, ...change } })),
      toggleBreakpoint: (node) => this.toggle(node),
      clear: () => this.clear(),
      outline: (what) => void this.outline(what),
      pin: (node, value) => this.pin(node, value),
      unpin: (node) => this.unpin(node),
      loadPinned: (workflow) => this.loadPinned(workflow),
      refresh: async () => this.watching?.refresh(),
      play: (speed) => this.play(speed),
      seek: (at) => this.replay()?.seek(at),
      endPlaying: () => this.endPlaying(),
      history: () => this.watching?.log ?? [],
      addressOf: (node, part = "output") => this.addressOf(node, part),
    };
  }

  private show(folded: Folded): void {
    this.set({ folded, nodes: folded.nodes, edges: labelled(folded) });
  }

  private watch(execution: string): void {
    this.clear();
    const mine = new Watching(execution, {
      folded: (folded) => {
        if (this.replaying === null) this.show(folded);
      },
      execution: (found, document) => this.set({ execution: found, ...(document === undefined ? {} : { document }) }),
      connection: (connection) => this.set({ connection }),
      failure: (failure) => this.set({ failure }),
    });
    this.watching = mine;
    void mine.open();
  }

  private clear(): void {
    this.watching?.close();
    this.replaying?.close();
    [this.watching, this.replaying] = [null, null];
    this.set({ ...NOTHING, starting: this.get().starting });
  }

  /** The watched execution, where it is of this workflow and has ended. */
  private base(workflow: string): Base | null {
    const { execution, document } = this.get();
    if (execution === null || document === null || execution.workflow_id !== workflow) return null;
    return ["succeeded", "failed", "cancelled", "dead"].includes(execution.status) ? { execution: execution.id, document } : null;
  }

  private async start(what: StartKind): Promise<void> {
    if (this.get().starting) return;
    this.set({ starting: true, failure: null });
    try {
      await useEditor.getState().flush();
      const { workflow, document, catalogue } = useEditor.getState();
      const graph = runGraph(document);
      const base = what.kind === "from" || what.kind === "node" ? await baseOf(workflow.id, this.base(workflow.id)) : null;
      const stale = staleFor(what, base, graph, document);
      this.set({ outlined: new Set(stale) });
      const sends = sending(runs(graph, what, stale), document, catalogue, this.get().pinned);
      if (!(await this.agreed(workflow.id, sends))) return;
      const id = await launch({ workflow: workflow.id, what, base, stale, breakpoints: there(this.get().breakpoints, graph) });
      this.watch(id);
    } catch (error) {
      this.set({ failure: error });
      tellProblem(error);
    } finally {
      this.set({ starting: false, outlined: NOTHING.outlined });
    }
  }

  /** Name what is sent for the first time, and wait for a yes. */
  private async agreed(workflow: string, nodes: readonly NodePath[]): Promise<boolean> {
    const known = keptAgreed(workflow);
    const fresh = nodes.filter((one) => !known.has(one));
    if (fresh.length === 0) return true;
    const yes = await new Promise<boolean>((answer) => this.set({ asked: { nodes: fresh, answer } }));
    this.set({ asked: null });
    if (yes) keepAgreed(workflow, new Set([...known, ...fresh]));
    return yes;
  }

  private async outline(what: StartKind | null): Promise<void> {
    if (what === null) {
      this.set({ outlined: NOTHING.outlined });
      return;
    }
    const { workflow, document } = useEditor.getState();
    try {
      const base = await baseOf(workflow.id, this.base(workflow.id));
      this.set({ outlined: new Set(staleFor(what, base, runGraph(document), document)) });
    } catch {
      // A hint less; what is wrong is told when it is started.
    }
  }

  private async acting(act: (execution: string) => Promise<unknown>): Promise<void> {
    const { execution } = this.get();
    if (execution === null) return;
    try {
      await act(execution.id);
      await this.watching?.refresh();
    } catch (error) {
      tellProblem(error);
    }
  }

  /** A paused execution is resumed; one that stands at breakpoints goes on from there. */
  private goOn(execution: string): Promise<unknown> {
    const path = { execution };
    return this.get().execution?.status === "paused" ? api.resumeExecution({ path }) : api.continueExecution({ path, body: {} });
  }

  private toggle(node: NodePath): void {
    const breakpoints = new Set(this.get().breakpoints);
    if (!breakpoints.delete(node)) breakpoints.add(node);
    this.set({ breakpoints });
    if (this.workflow !== "") keepBreakpoints(this.workflow, breakpoints);
    // What runs stops there, too, where it is a trial.
    const { execution, folded } = this.get();
    if (execution === null || folded.endedAt !== null || this.get().playing !== null) return;
    const items = [...breakpoints].map((one) => ({ node: one }));
    void this.acting((id) => api.setBreakpoints({ path: { execution: id }, body: { items } }));
  }

  private async loadPinned(workflow: string): Promise<void> {
    this.workflow = workflow;
    this.set({ breakpoints: keptBreakpoints(workflow) });
    const { data } = await api.listPinned({ path: { workflow } });
    this.set({ pinned: new Map(data.items.map((one) => [one.node, one.value.value as Json])) });
  }

  private async pin(node: NodePath, value?: unknown): Promise<void> {
    const workflow = this.workflow || useEditor.getState().workflow.id;
    const { execution } = this.get();
    const given = value === undefined && execution !== null ? { execution: execution.id } : { value };
    const { data } = await api.pinOutput({ path: { workflow, node }, body: given });
    this.set({ pinned: new Map(this.get().pinned).set(node, data.value.value as Json) });
  }

  private async unpin(node: NodePath): Promise<void> {
    const workflow = this.workflow || useEditor.getState().workflow.id;
    await api.unpinOutput({ path: { workflow, node } });
    const pinned = new Map(this.get().pinned);
    pinned.delete(node);
    this.set({ pinned });
  }

  private replay(): Replaying | null {
    if (this.replaying === null && this.watching !== null) {
      this.replaying = new Replaying(this.watching.folded.graph, this.watching.events, (folded, playing) => {
        this.show(folded);
        this.set({ playing });
      });
    }
    return this.replaying;
  }

  private play(speed: number): void {
    this.replay()?.play(speed);
  }

  private endPlaying(): void {
    this.replaying?.close();
    this.replaying = null;
    this.set({ playing: null });
    if (this.watching !== null) this.show(this.watching.folded);
  }

  private addressOf(node: NodePath, part: "input" | "output") {
    const { execution, nodes } = this.get();
    const found = nodes.get(node);
    if (execution === null || found === undefined) return null;
    if (part === "output" && !(found.state === "succeeded" && settled(found.state))) return null;
    return { execution: execution.id, node: found.path, part };
  }
}

/** The execution that the editor watches. */
export const useRun = makeRun();
