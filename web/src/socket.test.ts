import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { listen } from "./socket";

class Socket extends EventTarget {
  static made: Socket[] = [];
  readonly sent: string[] = [];
  closed = false;

  constructor() {
    super();
    Socket.made.push(this);
  }
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.closed = true;
  }
  opens(): void {
    this.dispatchEvent(new Event("open"));
  }
  says(...lines: string[]): void {
    this.dispatchEvent(new MessageEvent("message", { data: lines.join("\n") }));
  }
  ends(code: number): void {
    this.dispatchEvent(Object.assign(new Event("close"), { code }));
  }
}

const subscribed = '{"id":2,"subscribe":{"data":{"recent":[{"id":"a"}]}}}';

function begin() {
  const heard: unknown[] = [];
  const opened: [unknown[], boolean][] = [];
  const stop = listen("ws://x/-/live", "item:1", {
    heard: (message) => heard.push(message),
    opened: (recent, again) => opened.push([recent, again]),
  });
  return { heard, opened, stop };
}

function latest(): Socket {
  const socket = Socket.made.at(-1);
  if (!socket) {
    throw new Error("no socket");
  }
  return socket;
}

describe("a page that listens", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    Socket.made = [];
    vi.stubGlobal("WebSocket", Socket);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("connects, asks for the channel, answers pings and hears messages", () => {
    const { heard, opened } = begin();
    latest().opens();
    expect(latest().sent).toEqual(['{"id":1,"connect":{}}', '{"id":2,"subscribe":{"channel":"item:1"}}']);
    latest().says('{"id":1,"connect":{"client":"c"}}', subscribed);
    expect(opened).toEqual([[[{ id: "a" }], false]]);
    latest().says("{}", '{"push":{"channel":"item:1","pub":{"data":{"id":"b"}}}}', "not json");
    expect(latest().sent.at(-1)).toBe("{}");
    expect(heard).toEqual([{ id: "b" }]);
  });

  it("comes back after a cut, and says that it does", async () => {
    const { opened } = begin();
    latest().opens();
    latest().says(subscribed);
    latest().ends(1006);
    expect(Socket.made).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(Socket.made).toHaveLength(2);
    latest().opens();
    latest().says(subscribed);
    expect(opened.at(-1)?.[1]).toBe(true);
  });

  it.each([
    ["refused", (socket: Socket) => socket.says('{"id":2,"error":{"code":103}}')],
    ["unsubscribed", (socket: Socket) => socket.says('{"push":{"channel":"item:1","unsubscribe":{"code":2500}}}')],
    ["of an ended session", (socket: Socket) => socket.ends(4501)],
  ])("stays away when it is %s", async (_, happen) => {
    begin();
    latest().opens();
    happen(latest());
    latest().ends(1000);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(Socket.made).toHaveLength(1);
  });

  it("stops when told", async () => {
    const { stop } = begin();
    stop();
    expect(latest().closed).toBe(true);
    latest().ends(1000);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(Socket.made).toHaveLength(1);
  });
});
