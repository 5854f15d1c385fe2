/** Asks how many items outputs hold, a few at a time: what an edge is labelled with. */
import { api } from "@/api";
import { describe, entriesOf } from "@/values/kinds";

const MOST = 60;
const AT_ONCE = 3;

export class Counting {
  private readonly left: [string, string][] = [];
  private asked = 0;
  private busy = 0;
  private over = false;

  constructor(private readonly execution: string, private readonly told: (node: string, counts: Record<string, number>) => void) {}

  /** Look at what a node run gave. Of executions with many nodes only the first are looked at. */
  look(node: string, path: string): void {
    if (this.over || this.asked >= MOST) return;
    this.asked += 1;
    this.left.push([node, path]);
    this.next();
  }

  stop(): void {
    this.over = true;
  }

  private next(): void {
    while (this.busy < AT_ONCE && !this.over) {
      const one = this.left.shift();
      if (one === undefined) return;
      this.busy += 1;
      void this.ask(...one).finally(() => {
        this.busy -= 1;
        this.next();
      });
    }
  }

  private async ask(node: string, path: string): Promise<void> {
    try {
      const { data } = await api.showValue({ path: { execution: this.execution }, query: { path, limit: 20 } });
      const counts = countsIn(data.value);
      if (!this.over && Object.keys(counts).length > 0) this.told(node, counts);
    } catch {
      // A label less: the size is there already, and what is wrong shows where the value is opened.
    }
  }
}

/** How many items the lists right inside an output hold. */
export function countsIn(value: unknown): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [key, inner] of entriesOf(value)) {
    const { kind, size } = describe(inner);
    if ((kind === "list" || kind === "table") && size !== null) counts[key] = size;
  }
  return counts;
}
