/** Where one was at each step: undo brings back what was selected and what was in view. */

export interface View {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export interface Place {
  readonly selection: readonly string[];
  readonly view: View | null;
}

interface Mark {
  readonly before: Place;
  readonly after: Place;
}

const MOST = 100;
const KEPT = "studio.steps.";

/** Places by the revision of the step, for one workflow; they survive a reload of the page. */
export class Marks {
  private readonly marks: Map<number, Mark>;

  constructor(private readonly workflow: string) {
    this.marks = new Map(read(workflow));
  }

  /** A step was made. */
  made(revision: number, before: Place, after: Place): void {
    this.set(revision, { before, after });
  }

  /** A step was taken back or carried out again, as `revision`; where one was before or after it. */
  back(how: "undo" | "redo", of: number, revision: number): Place | null {
    const mark = this.marks.get(of);
    if (mark === undefined) return null;
    this.set(revision, mark);
    return how === "undo" ? mark.before : mark.after;
  }

  private set(revision: number, mark: Mark): void {
    this.marks.set(revision, mark);
    for (const old of [...this.marks.keys()].slice(0, -MOST)) this.marks.delete(old);
    try {
      sessionStorage.setItem(KEPT + this.workflow, JSON.stringify([...this.marks]));
    } catch {
      // No room: places are forgotten with the page, steps are not.
    }
  }
}

function read(workflow: string): [number, Mark][] {
  try {
    const found: unknown = JSON.parse(sessionStorage.getItem(KEPT + workflow) ?? "[]");
    return Array.isArray(found) ? (found as [number, Mark][]) : [];
  } catch {
    return [];
  }
}
