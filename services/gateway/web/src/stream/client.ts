import type { Position } from "../api/types";
import { reconnectPause } from "./backoff";
import {
  type ClientFrame,
  closeAdvice,
  type ErrorFrame,
  type Heartbeat,
  type Hello,
  parseFrame,
  type ServerFrame,
  type StreamEvent,
  type StreamName,
} from "./protocol";
import { type Listener, Subscription } from "./subscription";

/** What the dot says: all streams live, some not yet, or no connection after having tried. */
export type StreamStatus = "live" | "catching_up" | "offline";

/** The part of a browser's WebSocket that this client uses. */
export interface Socket {
  send(text: string): void;
  close(): void;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
}

export interface Access {
  url: string;
  /** Undefined for people who are not signed in: they may follow `global` only. */
  token: string | undefined;
}

export interface StreamClientOptions {
  /** Where to connect and as whom. Asked before each connection, and again to renew the token. */
  access: (renew: boolean) => Promise<Access>;
  connect: (url: string) => Socket;
  onStatus: (status: StreamStatus) => void;
  random?: () => number;
  /** Milliseconds since 1970 at the server, which says until when a token is good. */
  now?: () => number;
}

/** A handle on a followed stream. */
export interface Following {
  /** Up to here everything was delivered: whoever follows again later goes on from there. */
  readonly position: Position | undefined;
  /** Goes on from the position of a newly fetched feed. */
  restart(from: Position): void;
  close(): void;
}

const SILENT_HEARTBEATS = 2;
const DEFAULT_HEARTBEAT_SECONDS = 15;
const CONNECT_DEADLINE_MS = 10_000;
/** A connection that lasted this long was a good one: the next reconnect does not wait long. */
const STEADY_MS = 10_000;
const RENEW_BEFORE_MS = 60_000;
const SHORTEST_RENEWAL_MS = 5_000;
/** setTimeout takes no more. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Follows streams over one WebSocket that it keeps alive: it reconnects with back-off, resumes each
 * stream from the last delivered position, renews its token in band, and drops duplicates.
 *
 * One subscription per stream at a time.
 */
export class StreamClient {
  readonly #options: StreamClientOptions;
  readonly #subscriptions = new Map<StreamName, Subscription>();
  #socket: Socket | undefined;
  /** True once the server said hello and, where there is a token, accepted it. */
  #admitted = false;
  /** The gateway itself cannot tell whether it is up to date. */
  #held = false;
  #running = false;
  #failures = 0;
  #openedAt = 0;
  #lastHeard = 0;
  #heartbeatMs = DEFAULT_HEARTBEAT_SECONDS * 1000;
  #renewToken = false;
  #drainMs: number | undefined;
  #questions = 0;
  /** Streams that will be followed once what they go on from has been fetched. */
  #announced = 0;
  #generation = 0;
  #status: StreamStatus = "catching_up";
  #reconnectTimer: ReturnType<typeof setTimeout> | undefined;
  #silenceTimer: ReturnType<typeof setTimeout> | undefined;
  #renewTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: StreamClientOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    void this.#open();
  }

  stop(): void {
    this.#running = false;
    this.#failures = 0;
    this.#hangUp();
  }

  /** Connects again, as another person: after signing in or out. */
  restart(): void {
    this.stop();
    this.#renewToken = true;
    this.start();
  }

  /** The machine woke up or the network is back: do not sit out a long pause. */
  wake(): void {
    if (!this.#running) return;
    const silent = Date.now() - this.#lastHeard > SILENT_HEARTBEATS * this.#heartbeatMs;
    if (this.#socket && !silent) return;
    this.#failures = 0;
    this.#hangUp();
    this.#tell();
    void this.#open();
  }

  /** The network is known to be gone: do not wait for the silence to tell. */
  lose(): void {
    if (this.#running && this.#socket) this.#closed();
  }

  /**
   * Follows a stream from a position (undefined: from now on).
   *
   * @throws Error when the stream is followed already.
   */
  follow(stream: StreamName, from: Position | undefined, listener: Listener): Following {
    if (this.#subscriptions.has(stream)) throw new Error(`already following ${stream}`);
    const subscription = new Subscription(stream, from, listener);
    this.#subscriptions.set(stream, subscription);
    this.#ask(subscription);
    return {
      get position() {
        return subscription.position;
      },
      restart: (position) => {
        if (this.#subscriptions.get(stream) !== subscription) return;
        this.#release(subscription);
        subscription.rewind(position);
        this.#ask(subscription);
      },
      close: () => {
        if (this.#subscriptions.get(stream) !== subscription) return;
        this.#release(subscription);
        this.#subscriptions.delete(stream);
        this.#tell();
      },
    };
  }

  /**
   * Announces a stream that is followed once its feed has been fetched: until then not all that is
   * on the screen is live.
   *
   * @returns To be called once it is followed, or given up.
   */
  announce(): () => void {
    this.#announced += 1;
    this.#tell();
    return () => {
      this.#announced -= 1;
      this.#tell();
    };
  }

  async #open(): Promise<void> {
    clearTimeout(this.#reconnectTimer);
    const generation = ++this.#generation;
    try {
      const access = await this.#options.access(this.#renewToken);
      if (generation !== this.#generation) return;
      this.#renewToken = false;
      this.#attach(this.#options.connect(access.url), access.token);
    } catch {
      // No address, no token or an address that cannot be: the same as no connection. The next
      // attempt asks again.
      if (generation === this.#generation) this.#closed();
    }
  }

  #attach(socket: Socket, token: string | undefined): void {
    this.#socket = socket;
    this.#openedAt = Date.now();
    this.#watchSilence(CONNECT_DEADLINE_MS);
    socket.onmessage = ({ data }) => {
      if (socket === this.#socket && typeof data === "string") this.#receive(data, token);
    };
    socket.onclose = ({ code }) => {
      if (socket === this.#socket) this.#closed(code);
    };
  }

  #receive(text: string, token: string | undefined): void {
    this.#lastHeard = Date.now();
    this.#watchSilence(SILENT_HEARTBEATS * this.#heartbeatMs);
    const frame = parseFrame(text);
    if (frame) this.#handle(frame, token);
  }

  #handle(frame: ServerFrame, token: string | undefined): void {
    switch (frame.type) {
      case "hello":
        this.#greeted(frame, token);
        break;
      case "authenticated":
        this.#renewBefore(Date.parse(frame.expires_at));
        this.#admit();
        break;
      case "subscribed":
        this.#find(({ id }) => id === frame.id)?.answered(frame);
        this.#tell();
        break;
      case "event":
        this.#find(({ spelled }) => spelled === frame.stream)?.deliver(frame satisfies StreamEvent);
        break;
      case "error":
        this.#refused(frame);
        break;
      case "drain":
        this.#drainMs = frame.reconnect_in_seconds * 1000;
        break;
      case "heartbeat":
        this.#passed(frame);
        break;
      case "unsubscribed":
        break;
    }
  }

  #find(matches: (subscription: Subscription) => boolean): Subscription | undefined {
    return [...this.#subscriptions.values()].find(matches);
  }

  #passed(heartbeat: Heartbeat): void {
    for (const subscription of this.#subscriptions.values()) {
      subscription.passed(heartbeat.position);
    }
    this.#held = heartbeat.held === true;
    this.#tell();
  }

  #greeted(hello: Hello, token: string | undefined): void {
    this.#heartbeatMs = hello.heartbeat_seconds * 1000;
    this.#watchSilence(SILENT_HEARTBEATS * this.#heartbeatMs);
    if (token === undefined) this.#admit();
    else this.#send({ type: "authenticate", token });
  }

  #admit(): void {
    if (this.#admitted) return;
    this.#admitted = true;
    for (const subscription of this.#subscriptions.values()) {
      // `restart` asks for one that waits for a snapshot; nothing is left to ask of one that is over.
      if (subscription.phase === "waiting") this.#ask(subscription);
    }
    this.#tell();
  }

  #ask(subscription: Subscription): void {
    subscription.phase = "waiting";
    this.#tell();
    if (!this.#admitted) return;
    this.#questions += 1;
    subscription.id = `${subscription.stream.split(":")[0]}-${this.#questions}`;
    subscription.phase = "asked";
    const resume = subscription.ordered && subscription.position !== undefined;
    this.#send({
      type: "subscribe",
      id: subscription.id,
      stream: subscription.stream,
      ...(resume && { from: subscription.position as Position }),
    });
  }

  #release(subscription: Subscription): void {
    if (this.#admitted && subscription.held) {
      this.#send({ type: "unsubscribe", id: subscription.id });
    }
  }

  #refused(error: ErrorFrame): void {
    for (const subscription of this.#subscriptions.values()) {
      if (error.ref !== undefined && subscription.id === error.ref) {
        subscription.refused(error.reason);
        this.#tell();
        return;
      }
    }
    if (error.reason.startsWith("TOKEN_")) {
      this.#renewToken = true;
      this.#closed();
    }
  }

  #renewBefore(expiry: number): void {
    clearTimeout(this.#renewTimer);
    if (!Number.isFinite(expiry)) return;
    const wait = Math.max(
      expiry - (this.#options.now ?? Date.now)() - RENEW_BEFORE_MS,
      SHORTEST_RENEWAL_MS,
    );
    this.#renewTimer = setTimeout(() => void this.#renew(), Math.min(wait, LONGEST_TIMER_MS));
  }

  async #renew(): Promise<void> {
    const socket = this.#socket;
    try {
      const { token } = await this.#options.access(true);
      if (socket && socket === this.#socket && token) this.#send({ type: "authenticate", token });
    } catch {
      // The old token is good for a while yet; the server closes the socket when it is not, and
      // the reconnect asks for a new one.
      this.#renewToken = true;
    }
  }

  #watchSilence(limitMs: number): void {
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = setTimeout(() => this.#closed(), limitMs);
  }

  /** The connection is gone, or as good as gone: say so and try again after a pause. */
  #closed(code?: number): void {
    const lasted = this.#socket ? Date.now() - this.#openedAt : 0;
    this.#hangUp();
    if (!this.#running) return;
    const advice = closeAdvice(code);
    if (advice === "reauthenticate") this.#renewToken = true;
    if (advice === "stop") {
      // The server says that this client is at fault: only a person's return (`wake`) tries again.
      this.#failures += 1;
      this.#tell();
      return;
    }
    if (lasted >= STEADY_MS) this.#failures = 0;
    const pause = this.#drainMs ?? reconnectPause(this.#failures, this.#options.random);
    if (this.#drainMs === undefined) this.#failures += 1;
    this.#drainMs = undefined;
    this.#tell();
    this.#reconnectTimer = setTimeout(() => void this.#open(), pause);
  }

  #hangUp(): void {
    for (const timer of [this.#reconnectTimer, this.#silenceTimer, this.#renewTimer]) {
      clearTimeout(timer);
    }
    this.#generation += 1;
    this.#admitted = false;
    this.#held = false;
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
    for (const subscription of this.#subscriptions.values()) {
      const lasts = subscription.phase === "stale" || subscription.phase === "over";
      if (!lasts) subscription.phase = "waiting";
      subscription.id = "";
    }
  }

  #send(frame: ClientFrame): void {
    this.#socket?.send(JSON.stringify(frame));
  }

  #tell(): void {
    const status = this.#currentStatus();
    if (status === this.#status) return;
    this.#status = status;
    this.#options.onStatus(status);
  }

  #currentStatus(): StreamStatus {
    if (!this.#admitted) return this.#failures > 0 ? "offline" : "catching_up";
    const settled = [...this.#subscriptions.values()].every(({ settled }) => settled);
    return settled && !this.#announced && !this.#held ? "live" : "catching_up";
  }
}
