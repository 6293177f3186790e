/**
 * Listens to one channel over a WebSocket, by the JSON protocol of Centrifuge
 * (https://centrifugal.dev/docs/transports/client_protocol): a command on each
 * line, `{}` as ping and pong, messages as `push.pub`. It does what a page needs
 * and no more: the library for all that the protocol can do weighs five times a
 * page's scripts.
 *
 * A connection that is cut comes back after a pause that grows and is never the
 * same for two pages. What was missed meanwhile is not asked for: whoever listens
 * is told that the connection is back, and looks again.
 */
export interface Listener {
  /** Something happened; what is the server's message. */
  heard(message: unknown): void;
  /** The connection is open, with what was told of late; again says that it had been before. */
  opened(recent: unknown[], again: boolean): void;
}

const shortest = 1_000;
const longest = 20_000;

/** Codes from which the server wants no coming back: the right or the session is gone. */
const over = (code: number) => code >= 3500 && code < 5000 && !(code >= 4000 && code < 4500);

/** Starts listening; the function returned stops. */
export function listen(address: string, channel: string, listener: Listener): () => void {
  let socket: WebSocket | undefined;
  let timer = 0;
  let tries = 0;
  let before = false;
  let stopped = false;

  function open(): void {
    const made = new WebSocket(address);
    socket = made;
    made.addEventListener("open", () => {
      send(made, { id: 1, connect: {} });
      send(made, { id: 2, subscribe: { channel } });
    });
    made.addEventListener("message", ({ data }) => {
      for (const line of String(data).split("\n")) {
        take(made, line);
      }
    });
    made.addEventListener("close", ({ code }) => {
      stopped ||= over(code);
      if (!stopped) {
        tries += 1;
        const wait = Math.min(longest, shortest * 2 ** Math.min(tries, 5));
        timer = window.setTimeout(open, wait / 2 + Math.random() * wait);
      }
    });
  }

  function take(made: WebSocket, line: string): void {
    const reply = parse(line);
    if (!reply) {
      return;
    }
    if (Object.keys(reply).length === 0) {
      made.send("{}");
    } else if (reply["error"] && reply["id"] === 2) {
      stop(); // not, or no more, for this reader
    } else if (reply["id"] === 2) {
      tries = 0;
      const data = inside(inside(reply, "subscribe"), "data");
      const recent = data?.["recent"];
      listener.opened(Array.isArray(recent) ? recent : [], before);
      before = true;
    } else if (inside(inside(reply, "push"), "unsubscribe")) {
      stop();
    } else {
      const message = inside(inside(inside(reply, "push"), "pub"), "data");
      if (message) {
        listener.heard(message);
      }
    }
  }

  function stop(): void {
    stopped = true;
    clearTimeout(timer);
    socket?.close();
  }

  open();
  return stop;
}

type Fields = Record<string, unknown>;

function send(socket: WebSocket, command: Fields): void {
  socket.send(JSON.stringify(command));
}

function parse(line: string): Fields | undefined {
  try {
    return fields(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function inside(of: Fields | undefined, name: string): Fields | undefined {
  return of && fields(of[name]);
}

function fields(value: unknown): Fields | undefined {
  return typeof value === "object" && value !== null ? (value as Fields) : undefined;
}
