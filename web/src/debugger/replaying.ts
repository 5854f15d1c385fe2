/** A past execution shown again: a clock of its own, over what was recorded. */
import { fold, nothing, type Folded, type RunEvent } from "./fold";
import type { RunGraph } from "./graph";
import { spanOf, until, withBeginnings } from "./player";
import type { Playing } from "./state";

/** Between two pictures, in milliseconds. */
const TICK = 40;
/** What took longer than this without anything happening is gone over at once. */
const LONGEST_PAUSE = 2000;

export class Replaying {
  private readonly events: readonly RunEvent[];
  private readonly from: number;
  private readonly to: number;
  private folded: Folded;
  private taken = 0;
  private at: number;
  private speed = 1;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(graph: RunGraph, events: readonly RunEvent[], private readonly told: (folded: Folded, playing: Playing) => void) {
    this.events = withBeginnings(events);
    const span = spanOf(this.events) ?? { from: 0, to: 0 };
    [this.from, this.to, this.at] = [span.from, span.to, span.from - 1];
    this.folded = nothing(graph);
  }

  /** Go on, from the start where the end was reached; 0 holds it. */
  play(speed: number): void {
    clearInterval(this.timer);
    this.timer = undefined;
    if (speed > 0) {
      this.speed = speed;
      if (this.at >= this.to) this.rewind();
      this.timer = setInterval(() => this.tick(), TICK);
    }
    this.tell();
  }

  seek(at: number): void {
    if (at < this.at) this.rewind();
    this.at = Math.min(this.to, at);
    this.takeIn();
  }

  close(): void {
    clearInterval(this.timer);
  }

  private rewind(): void {
    this.folded = nothing(this.folded.graph);
    this.taken = 0;
    this.at = this.from - 1;
  }

  private tick(): void {
    const next = this.events[this.taken];
    const ahead = next === undefined ? 0 : Date.parse(next.at) - this.at;
    this.at += ahead > LONGEST_PAUSE * this.speed ? ahead : TICK * this.speed;
    this.takeIn();
    if (this.at >= this.to) this.play(0);
  }

  private takeIn(): void {
    const count = until(this.events, this.at);
    if (count > this.taken) {
      this.folded = fold(this.folded, this.events.slice(this.taken, count));
      this.taken = count;
    }
    this.tell();
  }

  private tell(): void {
    const { at, from, to, speed } = this;
    this.told(this.folded, { at: Math.max(from, Math.min(to, at)), from, to, speed, running: this.timer !== undefined });
  }
}
