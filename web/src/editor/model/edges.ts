/** Edges as they are written: `source[.port] -> target[.param]`. */
import type { LevelDocument } from "../contracts";

export interface Edge {
  readonly source: string;
  readonly port: string | null;
  readonly target: string;
  readonly param: string | null;
}

/** Read an edge; null where the text is none. */
export function parseEdge(written: unknown): Edge | null {
  if (typeof written === "object" && written !== null) return fromMapping(written as Record<string, unknown>);
  if (typeof written !== "string") return null;
  if (written.startsWith("{")) return fromMapping(JSON.parse(written) as Record<string, unknown>);
  const at = written.indexOf("->");
  if (at < 0) return null;
  const [source, port] = end(written.slice(0, at));
  const [target, param] = end(written.slice(at + 2));
  return source === "" || target === "" ? null : { source, port, target, param };
}

function fromMapping(edge: Record<string, unknown>): Edge | null {
  const text = (name: string): string | null => (typeof edge[name] === "string" ? edge[name] : null);
  const [source, target] = [text("source"), text("target")];
  return source === null || target === null ? null : { source, port: text("port"), target, param: text("param") };
}

function end(text: string): [string, string | null] {
  const plain = text.trim();
  const at = plain.indexOf(".");
  return at < 0 ? [plain, null] : [plain.slice(0, at), plain.slice(at + 1)];
}

export function writeEdge({ source, port, target, param }: Edge): string {
  return `${source}${port === null ? "" : `.${port}`} -> ${target}${param === null ? "" : `.${param}`}`;
}

/** The listed edges of a level, with how each is written in the document. */
export function edgesOf(level: LevelDocument | undefined): { edge: Edge; written: string }[] {
  return (level?.edges ?? []).flatMap((one) => {
    const edge = parseEdge(one);
    return edge === null ? [] : [{ edge, written: edgeKey(one) }];
  });
}

/** What an edge is found by in changes and operations. */
export function edgeKey(written: unknown): string {
  if (typeof written === "string") return written;
  const sorted = Object.entries(written as Record<string, unknown>).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify(Object.fromEntries(sorted));
}

/** Whether `target` can be reached from `source` over the given edges: an edge back would be a loop. */
export function reaches(edges: Iterable<{ source: string; target: string }>, source: string, target: string): boolean {
  const next = new Map<string, string[]>();
  for (const one of edges) next.set(one.source, [...(next.get(one.source) ?? []), one.target]);
  const seen = new Set<string>();
  const left = [source];
  for (let at = left.pop(); at !== undefined; at = left.pop()) {
    if (at === target) return true;
    if (seen.has(at)) continue;
    seen.add(at);
    left.push(...(next.get(at) ?? []));
  }
  return false;
}
