/** The live channel of a workflow: what others change, who is there, and telling where one is. */
import type { OperationOut, PresenceOut, ThreadOut } from "@/api";

export interface LiveHeard {
  readonly hello: (told: { revision: number; comments: number; present: PresenceOut[] }) => void;
  readonly operation: (operation: OperationOut) => void;
  readonly reload: () => void;
  readonly comment: (thread: ThreadOut) => void;
  readonly presence: (who: PresenceOut) => void;
  readonly left: (who: { account: string; client: string }) => void;
  readonly connection: (open: boolean) => void;
  /** It ends for good: signed out, not allowed, gone. */
  readonly refused: (code: number) => void;
}

export interface Whereabouts {
  readonly node: string | null;
  readonly selection: readonly string[];
  readonly cursor: readonly [number, number] | null;
}

export interface Live {
  tell(where: Whereabouts): void;
  close(): void;
}

const AGAIN = [500, 1000, 2000, 5000];
const ENDED = new Set([4401, 4403, 4404]);
/** Fewer than the twenty a second that the server takes. */
const TELL_EVERY = 80;

/** Follow a workflow until closed. A connection that breaks comes back with what it heard last. */
export function followLive(workflow: string, client: string, heard: LiveHeard): Live {
  const told = new Teller();
  let socket: WebSocket | null = null;
  let last: string | null = null;
  let tries = 0;
  let closed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const connect = (): void => {
    if (closed) return;
    const after = last === null ? "" : `&after=${encodeURIComponent(last)}`;
    const path = `/api/v1/workflows/${encodeURIComponent(workflow)}/live?client=${encodeURIComponent(client)}${after}`;
    const opened = new WebSocket(location.origin.replace(/^http/, "ws") + path);
    socket = opened;
    opened.addEventListener("open", () => {
      tries = 0;
      told.through(opened);
      heard.connection(true);
    });
    opened.addEventListener("message", (message) => {
      const id = dispatch(String(message.data), heard);
      if (id !== null) last = id;
    });
    opened.addEventListener("close", (event) => {
      told.through(null);
      if (closed) return;
      heard.connection(false);
      if (ENDED.has(event.code)) {
        heard.refused(event.code);
        return;
      }
      timer = setTimeout(connect, AGAIN[Math.min(tries, AGAIN.length - 1)]);
      tries += 1;
    });
  };

  connect();
  return {
    tell: (where) => told.tell(where),
    close() {
      closed = true;
      clearTimeout(timer);
      told.through(null);
      socket?.close();
    },
  };
}

interface Told {
  type: string;
  id?: string | null;
  [key: string]: unknown;
}

/** Hand a message to whom it is for; the id to come back with. */
function dispatch(text: string, heard: LiveHeard): string | null {
  const message = JSON.parse(text) as Told;
  const value = message as unknown;
  switch (message.type) {
    case "hello":
      heard.hello(value as Parameters<LiveHeard["hello"]>[0]);
      break;
    case "operation":
      heard.operation(message.operation as OperationOut);
      break;
    case "reload":
      heard.reload();
      break;
    case "comment":
      heard.comment(message.thread as ThreadOut);
      break;
    case "presence":
      heard.presence(value as PresenceOut);
      break;
    case "left":
      heard.left(value as Parameters<LiveHeard["left"]>[0]);
      break;
    default:
      break;
  }
  return message.id ?? null;
}

/** Tells the newest of what there is to tell, not too often. */
class Teller {
  private socket: WebSocket | null = null;
  private waiting: Whereabouts | null = null;
  private latest: Whereabouts | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  through(socket: WebSocket | null): void {
    this.socket = socket;
    if (socket !== null && this.latest !== null) this.tell(this.latest);
  }

  tell(where: Whereabouts): void {
    this.latest = where;
    this.waiting = where;
    this.timer ??= setTimeout(() => this.send(), TELL_EVERY);
  }

  private send(): void {
    this.timer = undefined;
    if (this.waiting === null || this.socket?.readyState !== WebSocket.OPEN) return;
    this.socket.send(JSON.stringify({ type: "presence", ...this.waiting }));
    this.waiting = null;
  }
}
