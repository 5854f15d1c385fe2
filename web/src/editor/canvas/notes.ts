/** Sticky notes and groups. They lie on the workflow's own level, and are kept in the document as two lists. */
import type { Json, Operation, WorkflowDocument } from "../contracts";
import { isRecord } from "../model/paths";
import { freshId } from "../store/queue";
import { useEditor } from "../store";

export const COLOURS = ["yellow", "blue", "green", "red", "violet", "gray"] as const;

export interface Sticky {
  readonly id: string;
  readonly text: string;
  readonly colour: string;
  readonly at: readonly [number, number];
  readonly size: readonly [number, number];
}

type Kind = "notes" | "groups";

/** The notes or groups of a document, without what is none. */
export function stickies(document: WorkflowDocument, kind: Kind): Sticky[] {
  return (document.canvas?.[kind] ?? []).flatMap((one, at): Sticky[] => {
    if (!isRecord(one) || !isPair(one.at)) return [];
    return [{
      id: typeof one.id === "string" ? one.id : `${at}`,
      text: typeof one.text === "string" ? one.text : "",
      colour: typeof one.colour === "string" ? one.colour : COLOURS[0],
      at: one.at,
      size: isPair(one.size) ? one.size : [220, 140],
    }];
  });
}

function isPair(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === "number");
}

/** The operation that keeps these notes or groups. */
export function keeping(kind: Kind, all: readonly Sticky[]): Operation {
  if (all.length === 0) return { op: "remove", path: ["canvas", kind] };
  return { op: "set", path: ["canvas", kind], value: all as unknown as Json };
}

export function addSticky(kind: Kind, at: readonly [number, number], size: readonly [number, number], text = ""): string {
  const { document, apply } = useEditor.getState();
  const id = freshId();
  const colour = kind === "notes" ? "yellow" : "blue";
  const made: Sticky = { id, text, colour, at: rounded(at), size: rounded(size) };
  apply([keeping(kind, [...stickies(document, kind), made])]);
  return id;
}

export function changeSticky(kind: Kind, id: string, part: Partial<Sticky>): void {
  const { document, apply } = useEditor.getState();
  apply([keeping(kind, stickies(document, kind).map((one) => (one.id === id ? { ...one, ...part } : one)))]);
}

/** Operations that move notes and groups by their flow names (`note:x`). */
export function movedStickies(document: WorkflowDocument, places: ReadonlyMap<string, readonly [number, number]>): Operation[] {
  return (["notes", "groups"] as const).flatMap((kind) => {
    const all = stickies(document, kind);
    const next = all.map((one) => {
      const at = places.get(`${prefix(kind)}${one.id}`);
      return at === undefined ? one : { ...one, at: rounded(at) };
    });
    return next.some((one, at) => one !== all[at]) ? [keeping(kind, next)] : [];
  });
}

/** Operations that remove notes and groups by their flow names. */
export function removedStickies(document: WorkflowDocument, names: ReadonlySet<string>): Operation[] {
  return (["notes", "groups"] as const).flatMap((kind) => {
    const all = stickies(document, kind);
    const left = all.filter((one) => !names.has(`${prefix(kind)}${one.id}`));
    return left.length < all.length ? [keeping(kind, left)] : [];
  });
}

export function prefix(kind: Kind): string {
  return kind === "notes" ? "note:" : "group:";
}

export function isSticky(name: string): boolean {
  return name.startsWith("note:") || name.startsWith("group:");
}

function rounded([x, y]: readonly [number, number]): [number, number] {
  return [Math.round(x), Math.round(y)];
}
