/**
 * A value that is looked at piece by piece: pages are fetched when they come into sight, and kept.
 *
 * Small members come with the page that holds them; a page is fetched only for what does not stand there whole.
 */
import { isProblem } from "@/api";
import type { Json } from "@/editor/contracts";

import { keyOf, type Place } from "./address";
import { describe, entriesOf, type Kind } from "./kinds";

export interface Part {
  readonly kind: Kind;
  readonly size: number | null;
  readonly offset: number;
  readonly value: unknown;
}

/** Gives a part of a value: entries of an object or list, characters of a text. */
export type Fetch = (place: Place, offset: number, limit: number, signal: AbortSignal) => Promise<Part>;

export type Entry = readonly [key: string, value: Json];

export const PAGE = 100;
export const TEXT_PAGE = 65_536;

interface Container {
  kind: Kind;
  size: number;
  pages: Map<number, readonly Entry[]>;
}

export class ValueSource {
  private readonly containers = new Map<string, Container>();
  private readonly asked = new Set<string>();
  private readonly told = new Set<() => void>();
  private readonly abort = new AbortController();
  private counter = 0;
  private rootPart: Part | null = null;
  failure: unknown = null;

  constructor(private readonly fetch: Fetch) {}

  /** Be told of whatever has come; gives what ends that. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.told.add(listener);
    return () => this.told.delete(listener);
  };

  /** Changes whenever something has come. */
  readonly version = (): number => this.counter;

  /** The value itself; null until it has come. */
  root(): Part | null {
    if (this.rootPart === null) this.ask([], 0);
    return this.rootPart;
  }

  /** An entry by its number, null while it is on its way. */
  entry(place: Place, at: number): Entry | null {
    const number = Math.floor(at / PAGE);
    const found = this.containers.get(keyOf(place))?.pages.get(number);
    if (found !== undefined) return found[at - number * PAGE] ?? null;
    this.ask(place, number);
    return null;
  }

  /** What is known of an object or list; null until its first page has come. */
  container(place: Place): { kind: Kind; size: number } | null {
    const found = this.containers.get(keyOf(place));
    if (found === undefined) this.ask(place, 0);
    return found ?? null;
  }

  /** Take in a member that stands there whole, so that it needs no asking. */
  take(place: Place, value: Json): void {
    const key = keyOf(place);
    const described = describe(value);
    if (this.containers.has(key) || !described.whole) return;
    this.keep(key, described.kind, described.size ?? 0, 0, entriesOf(value));
  }

  /** A part, asked for directly: searching, copying. */
  part(place: Place, offset: number, limit: number, signal?: AbortSignal): Promise<Part> {
    return this.fetch(place, offset, limit, signal ?? this.abort.signal);
  }

  close(): void {
    this.abort.abort();
    this.told.clear();
  }

  private ask(place: Place, number: number): void {
    const mark = `${keyOf(place)}#${number}`;
    if (this.asked.has(mark) || this.failure !== null) return;
    this.asked.add(mark);
    void this.fetch(place, number * PAGE, PAGE, this.abort.signal).then(
      (part) => this.came(place, number, part),
      (error: unknown) => this.failed(error),
    );
  }

  private came(place: Place, number: number, part: Part): void {
    if (this.abort.signal.aborted) return;
    if (place.length === 0 && number === 0) this.rootPart = part;
    this.keep(keyOf(place), part.kind, part.size ?? 0, number, pageOf(part));
    this.tell();
  }

  private keep(key: string, kind: Kind, size: number, number: number, entries: readonly Entry[]): void {
    const found = this.containers.get(key) ?? { kind, size, pages: new Map<number, readonly Entry[]>() };
    for (let at = 0; at === 0 || at < entries.length; at += PAGE) {
      found.pages.set(number + at / PAGE, entries.slice(at, at + PAGE));
    }
    this.containers.set(key, found);
  }

  private failed(error: unknown): void {
    if (this.abort.signal.aborted) return;
    this.failure = isProblem(error) || error instanceof Error ? error : new Error(String(error));
    this.tell();
  }

  private tell(): void {
    this.counter += 1;
    for (const listener of this.told) listener();
  }
}

/** Entries of a page; those of a list are numbered from where the page begins. */
function pageOf(part: Part): Entry[] {
  if (Array.isArray(part.value)) return part.value.map((one: Json, at) => [String(part.offset + at), one]);
  return part.kind === "object" ? entriesOf(part.value) : [];
}
