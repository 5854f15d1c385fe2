/** Live events: numbered, and gone on with where a connection broke. */

export type StreamState = "connecting" | "open" | "lost" | "ended";

export interface Followed<T> {
  /** An event of the stream, once each, in order. */
  readonly event: (event: T) => void;
  readonly state?: (state: StreamState) => void;
  /** The stream ends for a reason that coming back does not mend. */
  readonly problem?: (problem: { code: string; detail: string }) => void;
}

const AGAIN = 2000;

/**
 * Follow a stream of server-sent events until it ends or the returned function is called.
 *
 * The browser comes back by itself with the last id that it saw, so nothing is lost and nothing comes twice. Where the
 * server refuses for a while (it restarts), it is asked again from there.
 */
export function follow<T>(path: string, told: Followed<T>, after?: string): () => void {
  let last = after;
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;

  const stop = (state?: StreamState): void => {
    stopped = true;
    clearTimeout(timer);
    source?.close();
    if (state !== undefined) told.state?.(state);
  };

  const connect = (): void => {
    if (stopped) return;
    told.state?.("connecting");
    const mark = path.includes("?") ? "&" : "?";
    source = new EventSource(last === undefined ? path : `${path}${mark}after=${encodeURIComponent(last)}`);
    source.addEventListener("open", () => told.state?.("open"));
    source.addEventListener("message", (message) => {
      if (message.lastEventId !== "") last = message.lastEventId;
      told.event(JSON.parse(message.data as string) as T);
    });
    source.addEventListener("end", () => stop("ended"));
    source.addEventListener("problem", (message) => {
      told.problem?.(JSON.parse((message as MessageEvent<string>).data) as { code: string; detail: string });
      stop("ended");
    });
    source.addEventListener("error", () => {
      if (stopped) return;
      told.state?.("lost");
      // Closed for good by the browser: an answer that is no stream, from a server that starts or a proxy before it.
      if (source?.readyState === EventSource.CLOSED) timer = setTimeout(connect, AGAIN);
    });
  };

  connect();
  return () => stop();
}
