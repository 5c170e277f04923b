import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { StreamClient, type StreamStatus } from "./client";
import type { ClientFrame, StreamEvent } from "./protocol";

class FakeSocket {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly sent: ClientFrame[] = [];
  isClosed = false;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientFrame);
  }

  close(): void {
    this.isClosed = true;
  }

  tell(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  drop(code = 1006): void {
    this.onclose?.({ code });
  }

  subscribes(): Extract<ClientFrame, { type: "subscribe" }>[] {
    return this.sent.filter((frame) => frame.type === "subscribe");
  }
}

const HELLO = { type: "hello", protocol: "kanvas.stream.v1", position: "9", heartbeat_seconds: 10 };

function created(pos: string, post = `post-${pos}`) {
  const data = { id: post };
  return { type: "event", stream: "home", event: "post.created", pos, id: pos, ts: "", data };
}

class Bench {
  readonly sockets: FakeSocket[] = [];
  readonly statuses: StreamStatus[] = [];
  readonly renewals: boolean[] = [];
  token: string | undefined = "token-1";
  /** By how much the clock of this machine is ahead of the gateway's. */
  ahead = 0;
  readonly client = new StreamClient({
    access: async (renew) => {
      this.renewals.push(renew);
      return { url: "ws://test", token: this.token };
    },
    connect: () => {
      const socket = new FakeSocket();
      this.sockets.push(socket);
      return socket;
    },
    onStatus: (status) => this.statuses.push(status),
    now: () => this.serverNow(),
    random: () => 1,
  });

  get socket(): FakeSocket {
    return this.sockets.at(-1) as FakeSocket;
  }

  serverNow(): number {
    return Date.now() - this.ahead;
  }

  /** Until the server has accepted the token. */
  async admit(expiresInSeconds = 3600): Promise<FakeSocket> {
    await vi.advanceTimersByTimeAsync(0);
    const { socket } = this;
    socket.tell(HELLO);
    const expires_at = new Date(this.serverNow() + expiresInSeconds * 1000).toISOString();
    if (this.token) socket.tell({ type: "authenticated", account_id: "a", expires_at });
    return socket;
  }

  answer(state: string, position = "9"): void {
    const [question] = this.socket.subscribes().slice(-1);
    const { id, stream } = question as { id: string; stream: string };
    this.socket.tell({ type: "subscribed", id, stream, state, position });
  }
}

let bench: Bench;

beforeEach(() => {
  vi.useFakeTimers();
  bench = new Bench();
});

afterEach(() => {
  bench.client.stop();
  vi.useRealTimers();
});

function follow(from?: string) {
  const events: StreamEvent[] = [];
  const onSnapshotRequired = vi.fn();
  const onEvent = (event: StreamEvent) => void events.push(event);
  const following = bench.client.follow("home", from, { onEvent, onSnapshotRequired });
  return { events, onSnapshotRequired, following };
}

const positions = (events: StreamEvent[]) => events.map(({ pos }) => pos);

it("is not live before what was announced is followed", async () => {
  bench.client.start();
  const isFollowed = bench.client.announce();
  await bench.admit();
  expect(bench.statuses).toEqual([]);
  follow("7");
  isFollowed();
  expect(bench.statuses).toEqual([]);
  bench.answer("resumed");
  expect(bench.statuses).toEqual(["live"]);
});

it("knows its stream under the name that the server gives it", async () => {
  const onEvent = vi.fn();
  bench.client.follow("tag:stra\u00dfe", "7", { onEvent });
  bench.client.start();
  const socket = await bench.admit();
  const [question] = socket.subscribes();
  socket.tell({ type: "subscribed", id: question?.id, stream: "tag:strasse", state: "resumed" });
  socket.tell({ ...created("8"), stream: "tag:strasse" });
  expect(onEvent).toHaveBeenCalledOnce();
  expect(bench.statuses.at(-1)).toBe("live");
});

it("tells up to where a stream was delivered", async () => {
  const { following } = follow("7");
  expect(following.position).toBe("7");
  bench.client.start();
  const socket = await bench.admit();
  bench.answer("resumed", "7");
  socket.tell(created("8"));
  expect(following.position).toBe("8");
});

describe("connecting", () => {
  it("authenticates before it subscribes from the position of the page", async () => {
    follow("7");
    bench.client.start();
    const socket = await bench.admit();
    expect(socket.sent).toEqual([
      { type: "authenticate", token: "token-1" },
      { type: "subscribe", id: "home-1", stream: "home", from: "7" },
    ]);
  });

  it("subscribes right after hello when nobody is signed in", async () => {
    bench.token = undefined;
    bench.client.follow("global", "7", { onEvent: () => undefined });
    bench.client.start();
    const socket = await bench.admit();
    expect(socket.sent.map(({ type }) => type)).toEqual(["subscribe"]);
  });

  it("says live only once every stream is", async () => {
    follow("7");
    bench.client.start();
    await bench.admit();
    expect(bench.statuses).not.toContain("live");
    bench.answer("resumed");
    expect(bench.statuses.at(-1)).toBe("live");
  });
});

describe("resuming", () => {
  it("asks for what came after the last event that was delivered", async () => {
    const { events } = follow("7");
    bench.client.start();
    await bench.admit();
    bench.answer("resumed");
    bench.socket.tell(created("8"));
    bench.socket.drop();
    await vi.advanceTimersByTimeAsync(500);
    await bench.admit();
    expect(bench.socket.subscribes()).toMatchObject([{ stream: "home", from: "8" }]);
    expect(positions(events)).toEqual(["8"]);
  });

  it("moves its position with heartbeats, so that a quiet stream does not grow too old", async () => {
    follow("7");
    bench.client.start();
    await bench.admit();
    bench.answer("resumed");
    bench.socket.tell({ type: "heartbeat", position: "40" });
    bench.socket.drop();
    await vi.advanceTimersByTimeAsync(500);
    await bench.admit();
    expect(bench.socket.subscribes()).toMatchObject([{ from: "40" }]);
  });

  it("delivers what is sent twice once", async () => {
    const { events } = follow("7");
    bench.client.start();
    await bench.admit();
    bench.answer("resumed");
    bench.socket.tell(created("8"));
    bench.socket.drop();
    await vi.advanceTimersByTimeAsync(500);
    await bench.admit();
    bench.answer("resumed");
    bench.socket.tell(created("8"));
    bench.socket.tell(created("10"));
    expect(positions(events)).toEqual(["8", "10"]);
  });

  it("does not move past what an unanswered question is about to replay", async () => {
    const { events, following } = follow("7");
    bench.client.start();
    await bench.admit();
    bench.answer("resumed");
    following.restart("5");
    bench.socket.tell(created("20"));
    bench.socket.drop();
    await vi.advanceTimersByTimeAsync(500);
    await bench.admit();
    expect(events).toEqual([]);
    expect(bench.socket.subscribes()).toMatchObject([{ from: "5" }]);
  });

  it("never resumes the progress of a job, which is latest only", async () => {
    bench.client.follow("job:1", undefined, { onEvent: () => undefined });
    bench.client.start();
    await bench.admit();
    bench.answer("live");
    bench.socket.tell({ type: "heartbeat", position: "40" });
    bench.socket.drop();
    await vi.advanceTimersByTimeAsync(500);
    await bench.admit();
    expect(bench.socket.subscribes()[0]).not.toHaveProperty("from");
  });

  it("does not ask again for a job that ended", async () => {
    const job = bench.client.follow("job:1", undefined, { onEvent: () => undefined });
    bench.client.start();
    await bench.admit();
    bench.answer("live");
    const ended = { type: "event", stream: "job:1", event: "job.ended", id: "e", ts: "", data: {} };
    bench.socket.tell(ended);
    bench.socket.drop();
    await vi.advanceTimersByTimeAsync(500);
    await bench.admit();
    job.close();
    expect(bench.socket.sent.map(({ type }) => type)).toEqual(["authenticate"]);
  });
});

describe("a hole", () => {
  it.each(["snapshot_required", "gap"])(
    "on %s waits for a snapshot and goes on from it",
    async (state) => {
      const { events, onSnapshotRequired, following } = follow("7");
      bench.client.start();
      await bench.admit();
      bench.answer(state, "100");
      expect(onSnapshotRequired).toHaveBeenCalledExactlyOnceWith("100");
      bench.socket.tell(created("101"));
      expect(events).toEqual([]);
      expect(bench.statuses).not.toContain("live");
      following.restart("100");
      expect(bench.socket.sent.slice(-2)).toMatchObject([
        { type: "unsubscribe", id: "home-1" },
        { type: "subscribe", id: "home-2", from: "100" },
      ]);
      bench.answer("resumed", "101");
      bench.socket.tell(created("101"));
      expect(positions(events)).toEqual(["101"]);
      expect(bench.statuses.at(-1)).toBe("live");
    },
  );

  it("is heard of when it opens in a stream that was live", async () => {
    const { onSnapshotRequired } = follow("7");
    bench.client.start();
    await bench.admit();
    bench.answer("resumed");
    bench.answer("snapshot_required", "500");
    expect(onSnapshotRequired).toHaveBeenCalledExactlyOnceWith("500");
  });

  it("delivers again after a restart what the new snapshot may lack", async () => {
    const { events, following } = follow("7");
    bench.client.start();
    await bench.admit();
    bench.answer("resumed");
    bench.socket.tell(created("8"));
    following.restart("7");
    bench.answer("resumed");
    bench.socket.tell(created("8"));
    expect(positions(events)).toEqual(["8", "8"]);
  });

  it("keeps waiting for the snapshot over a lost connection", async () => {
    const { following } = follow("7");
    bench.client.start();
    await bench.admit();
    bench.answer("snapshot_required", "100");
    bench.socket.drop();
    await vi.advanceTimersByTimeAsync(500);
    await bench.admit();
    expect(bench.socket.subscribes()).toEqual([]);
    following.restart("120");
    expect(bench.socket.subscribes()).toMatchObject([{ from: "120" }]);
  });
});

describe("a lost connection", () => {
  it("is tried again after pauses that double", async () => {
    bench.client.start();
    await vi.advanceTimersByTimeAsync(0);
    for (const [failures, pause] of [500, 1_000, 2_000, 4_000].entries()) {
      expect(bench.sockets).toHaveLength(failures + 1);
      bench.socket.drop();
      expect(bench.statuses.at(-1)).toBe("offline");
      await vi.advanceTimersByTimeAsync(pause - 1);
      expect(bench.sockets).toHaveLength(failures + 1);
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(bench.sockets).toHaveLength(5);
  });

  it("is noticed by silence of two heartbeats", async () => {
    bench.client.start();
    const socket = await bench.admit();
    await vi.advanceTimersByTimeAsync(19_999);
    expect(socket.isClosed).toBe(false);
    socket.tell({ type: "heartbeat", position: "9" });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(socket.isClosed).toBe(true);
    expect(bench.statuses.at(-1)).toBe("offline");
  });

  it("is noticed at once after sleep", async () => {
    bench.client.start();
    const socket = await bench.admit();
    vi.setSystemTime(Date.now() + 3_600_000);
    bench.client.wake();
    await bench.admit();
    expect(socket.isClosed).toBe(true);
    expect(bench.sockets).toHaveLength(2);
  });

  it("does not disturb a healthy connection when the page is looked at", async () => {
    bench.client.start();
    const socket = await bench.admit();
    bench.client.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(socket.isClosed).toBe(false);
    expect(bench.sockets).toHaveLength(1);
  });

  it("waits as long as a draining server asks, and is not called offline", async () => {
    bench.client.start();
    const socket = await bench.admit();
    socket.tell({ type: "drain", reconnect_in_seconds: 7 });
    socket.drop(4000);
    expect(bench.statuses).not.toContain("offline");
    await vi.advanceTimersByTimeAsync(6_999);
    expect(bench.sockets).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(bench.sockets).toHaveLength(2);
  });

  it("asks for a new token when the old one was closed upon", async () => {
    bench.client.start();
    const socket = await bench.admit();
    socket.drop(4100);
    await vi.advanceTimersByTimeAsync(500);
    expect(bench.renewals).toEqual([false, true]);
  });

  it("stops where the server says that the client is at fault, until somebody looks again", async () => {
    bench.client.start();
    const socket = await bench.admit();
    socket.drop(4200);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(bench.sockets).toHaveLength(1);
    bench.client.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(bench.sockets).toHaveLength(2);
  });
});

describe("the token", () => {
  it("is renewed in band before it expires", async () => {
    bench.client.start();
    const socket = await bench.admit(300);
    bench.token = "token-2";
    socket.tell({ type: "heartbeat", position: "9" });
    for (let beat = 0; beat < 24; beat += 1) {
      await vi.advanceTimersByTimeAsync(10_000);
      socket.tell({ type: "heartbeat", position: "9" });
    }
    expect(socket.sent).toContainEqual({ type: "authenticate", token: "token-2" });
    expect(bench.sockets).toHaveLength(1);
  });

  it("is renewed no earlier on a machine whose clock is ahead", async () => {
    bench.ahead = 3_600_000;
    bench.client.start();
    const socket = await bench.admit(300);
    for (let beat = 0; beat < 6; beat += 1) {
      await vi.advanceTimersByTimeAsync(10_000);
      socket.tell({ type: "heartbeat", position: "9" });
    }
    expect(bench.renewals).toEqual([false]);
  });

  it("is asked for again when it is refused", async () => {
    bench.client.start();
    await vi.advanceTimersByTimeAsync(0);
    bench.socket.tell(HELLO);
    bench.socket.tell({ type: "error", reason: "TOKEN_EXPIRED", message: "" });
    await vi.advanceTimersByTimeAsync(500);
    expect(bench.renewals).toEqual([false, true]);
  });
});

it("settles a stream that is refused, so that the dot does not wait for it", async () => {
  follow("7");
  bench.client.start();
  const socket = await bench.admit();
  socket.tell({ type: "error", reason: "IDENTITY_REQUIRED", message: "", ref: "home-1" });
  expect(bench.statuses.at(-1)).toBe("live");
});

it("says catching up while the gateway holds its events back", async () => {
  bench.client.start();
  const socket = await bench.admit();
  socket.tell({ type: "heartbeat", position: "9", held: true });
  expect(bench.statuses.at(-1)).toBe("catching_up");
  socket.tell({ type: "heartbeat", position: "9" });
  expect(bench.statuses.at(-1)).toBe("live");
});

it("passes over frames that it does not know", async () => {
  bench.client.start();
  const socket = await bench.admit();
  socket.tell({ type: "from-the-future" });
  expect(socket.isClosed).toBe(false);
});
