/**
 * Batches on their way to the server.
 *
 * The document that is shown is what the server has confirmed, with the batches on top that it has not answered yet. So what
 * others change comes in below one's own, and a batch that is refused leaves nothing behind.
 */
import type { OperationOut } from "@/api";

import type { Operation, WorkflowDocument } from "../contracts";
import { perform, withChanges } from "../model/apply";

export interface Batch {
  readonly id: string;
  /** The tab that made it; kept with it, since a tab that is loaded again is another one. */
  readonly client: string;
  /** The revision that was confirmed when it was made. */
  readonly base: number;
  readonly operations: readonly Operation[];
}

/** The draft as the server has confirmed it. */
export interface Confirmed {
  readonly revision: number;
  readonly document: WorkflowDocument;
}

/** What is shown: the confirmed draft with the waiting batches on top. */
export function shown(confirmed: Confirmed, queue: readonly Batch[]): WorkflowDocument {
  return queue.reduce((document, batch) => batch.operations.reduce(perform, document), confirmed.document);
}

/**
 * Take in batches as the server made them: those after the confirmed revision, in order. Null where one between is missing,
 * so that the rest has to be asked for.
 */
export function advanced(confirmed: Confirmed, operations: readonly OperationOut[]): Confirmed | null {
  let { revision, document } = confirmed;
  for (const one of [...operations].sort((a, b) => a.revision - b.revision)) {
    if (one.revision <= revision) continue;
    if (one.revision > revision + 1) return null;
    document = withChanges(document, one.changes);
    revision = one.revision;
  }
  return { revision, document };
}

/** The queue without batches that are confirmed. */
export function without(queue: readonly Batch[], operations: readonly OperationOut[]): readonly Batch[] {
  const done = new Set(operations.map((one) => one.id).filter((id) => id !== ""));
  return queue.some((one) => done.has(one.id)) ? queue.filter((one) => !done.has(one.id)) : queue;
}

/** A value of the batch's own at each path that an operation sets, for showing beside the other's. */
export function ownValue(operation: Operation | undefined): unknown {
  if (operation?.op === "set" || operation?.op === "add_node") return operation.value;
  return undefined;
}

let count = 0;

/** A name that nobody else gives. */
export function freshId(): string {
  count += 1;
  const random = crypto.getRandomValues(new Uint32Array(2));
  return `${Array.from(random, (one) => one.toString(36)).join("")}${count.toString(36)}`;
}

const KEPT = "studio.unsaved.";

/** Keep what is not saved, so that loading the page again loses nothing. */
export function keep(workflow: string, queue: readonly Batch[]): void {
  try {
    if (queue.length === 0) sessionStorage.removeItem(KEPT + workflow);
    else sessionStorage.setItem(KEPT + workflow, JSON.stringify(queue));
  } catch {
    // The browser's room is full or shut: the queue still lives in this page.
  }
}

/** What was not saved when the page was left. */
export function kept(workflow: string): Batch[] {
  try {
    const found: unknown = JSON.parse(sessionStorage.getItem(KEPT + workflow) ?? "[]");
    return Array.isArray(found) ? (found as Batch[]) : [];
  } catch {
    return [];
  }
}
