/** One execution that is watched: its events as they come, folded a frame at a time. */
import i18next from "i18next";

import { api, follow, isProblem, type ExecutionDetail } from "@/api";
import type { RunState, WorkflowDocument } from "@/editor/contracts";

import { counted, fold, nothing, settled, type Folded, type RunEvent } from "./fold";
import { runGraph } from "./graph";
import { Counting } from "./looking";
import { withRunning } from "./running";

/** A frame: events that come faster are taken in together. */
const FRAME = 40;
/** So long nothing must have come before beginnings that nobody told of are made out. */
const CALM = 300;
const AFTER_WORDS = new Set(["ended", "parked", "claimed", "message", "waiting", "wait", "failed"]);

export interface Told {
  readonly folded: (folded: Folded) => void;
  readonly execution: (execution: ExecutionDetail, document?: WorkflowDocument) => void;
  readonly connection: (state: RunState["connection"]) => void;
  readonly failure: (failure: unknown) => void;
}

export class Watching {
  folded: Folded = nothing();
  /** Everything recorded, for showing it again. */
  readonly events: RunEvent[] = [];
  /** What is worth reading, live words of nodes included. */
  readonly log: RunEvent[] = [];
  private waiting: RunEvent[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private calm: ReturnType<typeof setTimeout> | undefined;
  private detail: ReturnType<typeof setTimeout> | undefined;
  private unfollow: () => void = () => undefined;
  private readonly counting: Counting;
  private closed = false;

  constructor(readonly id: string, private readonly told: Told) {
    this.counting = new Counting(id, (node, counts) => this.show(counted(this.folded, node, counts)));
  }

  async open(): Promise<void> {
    this.told.connection("connecting");
    const path = { execution: this.id };
    try {
      const [detail, document] = await Promise.all([api.showExecution({ path }), api.showDocument({ path }), i18next.loadNamespaces("debugger")]);
      if (this.closed) return;
      const found = document.data as unknown as WorkflowDocument;
      this.folded = nothing(runGraph(found));
      this.told.execution(detail.data, found);
      this.told.folded(this.folded);
      this.listen();
    } catch (error) {
      if (this.closed) return;
      this.told.failure(error);
      this.told.connection("ended");
    }
  }

  close(): void {
    this.closed = true;
    this.unfollow();
    this.counting.stop();
    for (const one of [this.timer, this.calm, this.detail]) clearTimeout(one);
  }

  private listen(): void {
    this.unfollow = follow<RunEvent>(`/api/v1/executions/${encodeURIComponent(this.id)}/events`, {
      event: (event) => this.take(event),
      state: (state) => {
        if (this.closed) return;
        this.told.connection(state);
        if (state === "ended" || state === "open") this.refreshSoon();
      },
      problem: (problem) => this.told.failure(new Error(problem.detail)),
    });
  }

  private take(event: RunEvent): void {
    if (this.closed) return;
    if (event.id !== null) this.events.push(event);
    if (event.id !== null || event.kind === "log") this.log.push(event);
    this.waiting.push(event);
    this.timer ??= setTimeout(() => this.takeIn(), FRAME);
  }

  private takeIn(): void {
    this.timer = undefined;
    const events = this.waiting.splice(0);
    this.show(fold(this.folded, events));
    for (const one of events) {
      if (one.kind === "succeeded" && one.path !== null && !/[/[]/.test(one.path)) this.counting.look(one.path, one.path);
    }
    if (events.some((one) => AFTER_WORDS.has(one.kind))) this.refreshSoon();
    clearTimeout(this.calm);
    if (!settled(this.folded.status as never)) this.calm = setTimeout(() => this.show(withRunning(this.folded)), CALM);
  }

  private show(folded: Folded): void {
    if (folded === this.folded) return;
    this.folded = folded;
    this.told.folded(folded);
  }

  private refreshSoon(): void {
    clearTimeout(this.detail);
    this.detail = setTimeout(() => void this.refresh(), 120);
  }

  async refresh(): Promise<void> {
    try {
      const { data } = await api.showExecution({ path: { execution: this.id } });
      if (!this.closed) this.told.execution(data);
    } catch (error) {
      // While the server is away the stream says so; it is asked again when it is back.
      if (!this.closed && isProblem(error) && error.status !== 0) this.told.failure(error);
    }
  }
}
