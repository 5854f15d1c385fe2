/** Keeps the draft that is shown and the server's in step. */
import { api, isProblem, type AcceptedOut, type OperationOut } from "@/api";
import { tellProblem } from "@/shared/told";

import type { Saving, WorkflowDocument } from "../contracts";
import { clashesOf } from "./clashes";
import { withoutGone } from "./gone";
import { followLive, type Live } from "./live";
import { Marks, type Place } from "./marks";
import { advanced, freshId, keep, kept, shown, without, type Batch, type Confirmed } from "./queue";
import type { Conflict, StoreState, Viewer } from "./state";
import { catalogueOf, shapesOf } from "./types";

interface Kit {
  get: () => StoreState;
  set: (part: Partial<StoreState>) => void;
  viewer: { current: Viewer | null };
}

/** After a failure that may pass: how long to wait before the next try. */
const AGAIN = [500, 1000, 2000, 4000, 8000];
const CHECK_AFTER = 350;
const PATIENCE = 1200;

export class Sync {
  private readonly marks: Marks;
  private readonly places = new Map<string, Place>();
  private live: Live | null = null;
  private closed = false;
  private sending = false;
  private tries = 0;
  private again: ReturnType<typeof setTimeout> | undefined;
  private checking: ReturnType<typeof setTimeout> | undefined;
  private asking = 0;
  private cursor: readonly [number, number] | null = null;
  private waiting: { done: () => void; failed: (error: unknown) => void }[] = [];
  private readonly online = (): void => this.send();

  constructor(
    private readonly workflow: string,
    private readonly kit: Kit,
  ) {
    this.marks = new Marks(workflow);
    window.addEventListener("online", this.online);
  }

  async load(may: (permission: string, folder: string | null) => boolean): Promise<void> {
    this.set({ loading: "loading", failure: null });
    try {
      const path = { workflow: this.workflow };
      const shapes = shapesOf();
      const [workflow, draft, catalogue] = await Promise.all([
        api.showWorkflow({ path }),
        api.showDraft({ path }),
        catalogueOf(),
        // A server that has just started needs a moment to know them: the graph is shown before that.
        Promise.race([shapes, new Promise((done) => setTimeout(done, PATIENCE))]).catch(() => undefined),
      ]);
      void shapes.then((found) => this.set({ shapes: found }), tellProblem);
      if (this.closed) return;
      const confirmed = confirmedOf(draft.data);
      const readOnly = !may("workflow.edit", workflow.data.folder) || workflow.data.state !== "active";
      const queue = readOnly ? [] : kept(this.workflow);
      this.set({
        loading: "ready",
        workflow: workflow.data,
        catalogue,
        readOnly,
        queue,
        saving: queue.length > 0 ? "saving" : "saved",
        ...this.confirming(confirmed, queue),
      });
      this.follow();
      this.send();
      void this.check();
      if (!readOnly) this.set({ steps: (await api.showSteps({ path })).data });
    } catch (error) {
      if (!this.closed) this.set({ loading: "failed", failure: error });
    }
  }

  close(): void {
    this.closed = true;
    this.live?.close();
    clearTimeout(this.again);
    clearTimeout(this.checking);
    window.removeEventListener("online", this.online);
  }

  /** Remember where one is before a batch changes what is there. */
  before(batch: string): void {
    this.places.set(batch, this.place());
  }

  /** Send the first batch that waits; the others follow one by one, since each is a step of its own. */
  send(): void {
    const { queue, conflict } = this.kit.get();
    const batch = queue[0];
    if (this.closed || this.sending || conflict !== null || batch === undefined) return;
    clearTimeout(this.again);
    this.sending = true;
    void this.sendOne(batch);
  }

  private async sendOne(batch: Batch): Promise<void> {
    try {
      const { data } = await api.editDraft({
        path: { workflow: this.workflow },
        body: { ...batch, operations: [...batch.operations] } as never,
      });
      if (this.closed) return;
      this.tries = 0;
      this.sending = false;
      await this.accept(data);
      this.made(batch.id, data.operation);
      this.sent();
    } catch (error) {
      this.sending = false;
      if (!this.closed) await this.refused(batch, error);
    }
  }

  private made(batch: string, operation: OperationOut): void {
    const before = this.places.get(batch);
    this.places.delete(batch);
    if (before !== undefined) this.marks.made(operation.revision, before, this.place());
    this.set({ steps: { undo: Math.min(this.kit.get().steps.undo + 1, 200), redo: 0 } });
  }

  private sent(): void {
    if (this.kit.get().queue.length > 0) {
      this.set({ saving: "saving" });
      this.send();
      return;
    }
    this.set({ saving: "saved" });
    for (const one of this.waiting.splice(0)) one.done();
    this.checkSoon();
  }

  /** What to do where a batch was not taken. */
  private async refused(batch: Batch, error: unknown): Promise<void> {
    const status = isProblem(error) ? error.status : 0;
    if (status === 0 || status === 429 || status >= 500) {
      // It is sent again under the same id, so that it counts once even where only the answer was lost.
      this.set({ saving: "offline" });
      this.again = setTimeout(() => this.send(), AGAIN[Math.min(this.tries, AGAIN.length - 1)]);
      this.tries += 1;
      this.failed(error);
      return;
    }
    if (status === 409 || status === 410) {
      if (status === 410) await this.reload();
      else await this.catchUp();
      const message = error instanceof Error ? error.message : "";
      const { document } = this.kit.get().confirmed;
      this.conflicting({ batch, how: "edit", message, clashes: clashesOf(error, batch.operations, document) });
      this.failed(error);
      return;
    }
    // It makes no sense, or is not allowed: nothing of it stays, neither here nor there.
    const { queue, confirmed } = this.kit.get();
    const left = queue.filter((one) => one.id !== batch.id);
    this.set({ queue: left, ...this.confirming(confirmed, left), ...(status === 403 ? { readOnly: true } : {}) });
    tellProblem(error);
    this.failed(error);
    this.sent();
  }

  private conflicting(conflict: Conflict): void {
    this.set({ conflict, saving: "conflict" });
  }

  /** Send one's own on top of the others', or let it go. */
  settle(choice: "mine" | "theirs"): void {
    const { conflict, queue, confirmed, client } = this.kit.get();
    if (conflict === null) return;
    this.set({ conflict: null });
    if (conflict.batch === null) {
      if (choice === "theirs") void this.back("undo", true);
      else this.set({ saving: queue.length > 0 ? "saving" : "saved" });
      return;
    }
    const { id } = conflict.batch;
    const rest = queue.filter((one) => one.id !== id);
    const own = { ...conflict.batch, id: freshId(), client, base: confirmed.revision };
    const next = choice === "mine" ? [own, ...rest] : rest;
    const before = this.places.get(id);
    if (before !== undefined) this.places.set(own.id, before);
    this.set({ queue: next, saving: next.length > 0 ? "saving" : "saved", ...this.confirming(confirmed, next) });
    this.send();
  }

  /** Take back one's own last step, or carry it out again. */
  async back(how: "undo" | "redo", skip = false): Promise<void> {
    const { client, readOnly } = this.kit.get();
    if (readOnly || this.closed) return;
    try {
      await this.flush();
      const ask = { path: { workflow: this.workflow }, body: { id: freshId(), client, skip } };
      const { data } = await (how === "undo" ? api.undoEdit(ask) : api.redoEdit(ask));
      await this.accept(data);
      const { operation } = data;
      const { undo, redo } = this.kit.get().steps;
      this.set({ steps: how === "undo" ? { undo: Math.max(0, undo - 1), redo: redo + 1 } : { undo: undo + 1, redo: Math.max(0, redo - 1) } });
      if (skip) void this.countSteps();
      this.returnTo(operation.of === null ? null : this.marks.back(how, operation.of, operation.revision));
      this.checkSoon();
    } catch (error) {
      this.notBack(how, error);
    }
  }

  private notBack(how: "undo" | "redo", error: unknown): void {
    void this.countSteps();
    if (isProblem(error, "editing.nothing")) return;
    if (isProblem(error, "editing.conflict")) {
      const { document } = this.kit.get().confirmed;
      this.conflicting({ batch: null, how, message: error.message, clashes: clashesOf(error, [], document) });
      return;
    }
    if (!isProblem(error) || error.status !== 0) tellProblem(error);
  }

  private async countSteps(): Promise<void> {
    try {
      this.set({ steps: (await api.showSteps({ path: { workflow: this.workflow } })).data });
    } catch {
      // The buttons keep what they had; the next step tells.
    }
  }

  private returnTo(place: Place | null): void {
    if (place === null) return;
    this.set({ selection: place.selection });
    this.set(withoutGone(this.kit.get()));
    if (place.view !== null) this.kit.viewer.current?.set(place.view);
  }

  private place(): Place {
    return { selection: this.kit.get().selection, view: this.kit.viewer.current?.get() ?? null };
  }

  private async accept(answer: AcceptedOut): Promise<void> {
    if (answer.missed === null) await this.catchUp(answer.operation);
    else await this.receive([...answer.missed, answer.operation]);
  }

  /** Take in batches, one's own among them. Where one is missing between, ask for what there is. */
  async receive(operations: readonly OperationOut[]): Promise<void> {
    const { confirmed, queue } = this.kit.get();
    const next = advanced(confirmed, operations);
    if (next === null) {
      await this.catchUp();
      return;
    }
    if (next === confirmed || next.revision === confirmed.revision) return;
    const left = without(queue, operations);
    keep(this.workflow, left);
    this.set({ queue: left, ...this.confirming(next, left) });
    this.set(withoutGone(this.kit.get()));
    if (operations.some((one) => one.client !== this.kit.get().client)) this.checkSoon();
  }

  private async catchUp(answered?: OperationOut): Promise<void> {
    try {
      let more = true;
      while (more && !this.closed) {
        const after = this.kit.get().confirmed.revision;
        // Each page begins where the one before has ended.
        // oxlint-disable-next-line no-await-in-loop
        const { data } = await api.listOperations({ path: { workflow: this.workflow }, query: { after, limit: 200 } });
        const { confirmed, queue } = this.kit.get();
        const next = advanced(confirmed, data.items);
        if (next === null) break;
        const left = without(queue, answered === undefined ? data.items : [...data.items, answered]);
        this.set({ queue: left, ...this.confirming(next, left) });
        more = data.more && data.items.length > 0;
      }
    } catch (error) {
      if (isProblem(error) && error.status === 410) await this.reload();
    }
  }

  /** Load the draft anew; what is not saved yet stays on top. */
  async reload(): Promise<void> {
    try {
      const { data } = await api.showDraft({ path: { workflow: this.workflow } });
      if (this.closed) return;
      this.set(this.confirming(confirmedOf(data), this.kit.get().queue));
      this.set(withoutGone(this.kit.get()));
      void this.countSteps();
      this.checkSoon();
    } catch (error) {
      tellProblem(error);
    }
  }

  private follow(): void {
    const { client } = this.kit.get();
    const rest = (account: string, tab: string) =>
      this.kit.get().others.filter((one) => one.account !== account || one.client !== tab);
    this.live = followLive(this.workflow, client, {
      hello: (told) => {
        this.set({ others: told.present.filter((one) => one.client !== client) });
        if (told.revision > this.kit.get().confirmed.revision) void this.catchUp();
      },
      operation: (operation) => void this.receive([operation]),
      reload: () => void this.reload(),
      comment: (thread) => window.dispatchEvent(new CustomEvent("studio:comment", { detail: thread })),
      presence: (who) => {
        if (who.client !== client) this.set({ others: [...rest(who.account, who.client), who] });
      },
      left: (who) => this.set({ others: rest(who.account, who.client) }),
      connection: (live) => {
        this.set({ live });
        if (live) this.send();
      },
      refused: () => this.set({ readOnly: true }),
    });
    this.tell();
  }

  /** Tell the others where one is. */
  tell(cursor?: readonly [number, number] | null): void {
    if (cursor !== undefined) this.cursor = cursor;
    const { opened, selection } = this.kit.get();
    this.live?.tell({ node: opened, selection: selection.slice(0, 100), cursor: this.cursor });
  }

  /** Wait until nothing waits any more; fails with what is in the way. */
  flush(): Promise<void> {
    const { queue } = this.kit.get();
    if (queue.length === 0) return Promise.resolve();
    return new Promise((done, failed) => {
      this.waiting.push({ done, failed });
      this.send();
    });
  }

  private failed(error: unknown): void {
    for (const one of this.waiting.splice(0)) one.failed(error);
  }

  private checkSoon(): void {
    clearTimeout(this.checking);
    this.checking = setTimeout(() => void this.check(), CHECK_AFTER);
  }

  /** Ask what is wrong with the draft; only the newest answer counts. */
  async check(): Promise<void> {
    this.asking += 1;
    const asked = this.asking;
    try {
      const { data } = await api.validateWorkflow({ path: { workflow: this.workflow }, body: {} });
      if (!this.closed && asked === this.asking) this.set({ problems: data.problems });
    } catch {
      // What was known before stays; the next save asks again.
    }
  }

  private confirming(confirmed: Confirmed, queue: readonly Batch[]): Partial<StoreState> {
    keep(this.workflow, queue);
    const document: WorkflowDocument = shown(confirmed, queue);
    return { confirmed, revision: confirmed.revision, document };
  }

  private set(part: Partial<StoreState> & { saving?: Saving }): void {
    if (!this.closed) this.kit.set(part);
  }
}

function confirmedOf(draft: { revision: number; document: { [key: string]: unknown } }): Confirmed {
  const { document } = draft;
  return { revision: draft.revision, document: { ...document, nodes: document.nodes ?? {} } as unknown as WorkflowDocument };
}
