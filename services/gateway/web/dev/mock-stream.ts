/** The live stream of the mock gateway, and the painter behind its jobs. Development only. */

import type { Server } from "node:http";
import { type WebSocket, WebSocketServer } from "ws";
import type { Job, Post } from "../src/api/types.ts";
import { drawPicture } from "./mock-pictures.ts";
import type { MockWorld, WorldEvent } from "./mock-world.ts";

const HEARTBEAT_SECONDS = 5;
const QUEUE_MS = 900;
const KEPT_MS = 30 * 24 * 3_600_000;
/** A word that no painter of this world can paint. */
const UNPAINTABLE = "unpaintable";
const STEP_MS = 260;

interface Frame {
  type: string;
  id: string;
  stream: string;
  token: string;
  from?: string;
}

/** Serves `/v1/stream` on an HTTP server. */
export function serveStream(server: Server, world: MockWorld): void {
  const sockets = new WebSocketServer({ noServer: true });
  server.on("upgrade", (incoming, socket, head) => {
    if (!incoming.url?.startsWith("/v1/stream")) return;
    sockets.handleUpgrade(incoming, socket, head, (accepted) => new Reader(accepted, world));
  });
}

class Reader {
  readonly #socket: WebSocket;
  readonly #world: MockWorld;
  readonly #streams = new Map<string, string>();
  #account: string | undefined;

  constructor(socket: WebSocket, world: MockWorld) {
    this.#socket = socket;
    this.#world = world;
    const listen = (event: WorldEvent) => this.#offer(event);
    world.listeners.add(listen);
    const beat = setInterval(
      () => this.#send({ type: "heartbeat", position: world.position }),
      HEARTBEAT_SECONDS * 1000,
    );
    socket.on("message", (data) => this.#receive(JSON.parse(String(data)) as Frame));
    socket.on("close", () => {
      world.listeners.delete(listen);
      clearInterval(beat);
    });
    this.#send({
      type: "hello",
      protocol: "kanvas.stream.v1",
      position: world.position,
      heartbeat_seconds: HEARTBEAT_SECONDS,
      limits: { subscriptions: 16, frame_bytes: 16384, frames_per_second: 20 },
    });
  }

  #send(frame: object): void {
    this.#socket.send(JSON.stringify(frame));
  }

  #receive(frame: Frame): void {
    if (frame.type === "authenticate") {
      this.#account = frame.token;
      const expires_at = new Date(Date.now() + 3_600_000).toISOString();
      this.#send({ type: "authenticated", account_id: frame.token, expires_at });
    } else if (frame.type === "subscribe") {
      this.#subscribe(frame);
    } else if (frame.type === "unsubscribe") {
      this.#streams.delete(frame.id);
      this.#send({ type: "unsubscribed", id: frame.id });
    }
  }

  #subscribe({ id, stream, from }: Frame): void {
    this.#streams.set(id, stream);
    if (stream.startsWith("job:")) {
      this.#send({ type: "subscribed", id, stream, state: "live" });
      void this.#paint(stream.slice("job:".length));
      return;
    }
    const state = from ? "resumed" : "live";
    this.#send({ type: "subscribed", id, stream, state, position: this.#world.position });
    for (const event of this.#world.events) {
      if (from && event.pos > Number(from)) this.#offer(event, stream);
    }
  }

  #offer(event: WorldEvent, only?: string): void {
    for (const stream of new Set(this.#streams.values())) {
      if (stream.startsWith("job:") || (only && stream !== only)) continue;
      if (!this.#belongs(event, stream)) continue;
      const { pos, event: name, data } = event;
      const ts = new Date().toISOString();
      this.#send({
        type: "event",
        stream,
        pos: String(pos),
        event: name,
        ts,
        id: String(pos),
        data,
      });
    }
  }

  #belongs(event: WorldEvent, stream: string): boolean {
    if (event.reader) {
      const isForHome = event.event !== "home.changed" || stream === "home";
      return event.reader === this.#account && isForHome;
    }
    const { data } = event;
    const author = event.event === "author.changed" ? data.id : (data.author?.id ?? data.author_id);
    if (stream.startsWith("user:") && stream !== `user:${author}`) return false;
    if (stream === "home" && !this.#world.inHome(this.#account ?? "", author ?? "")) return false;
    if (event.event !== "post.created") return true;
    const post = data as unknown as Post;
    const isOpen = stream === "global" || stream.startsWith("tag:");
    if (isOpen && post.visibility !== "public") return false;
    const isTagged = post.tags.some(({ name }) => stream === `tag:${name}`);
    if (stream.startsWith("tag:") && !isTagged) return false;
    return this.#world.maySee(this.#account, post);
  }

  async #paint(id: string): Promise<void> {
    const job = this.#world.jobs.get(id);
    if (job?.state !== "queued") return;
    for (let ahead = 2; ahead > 0; ahead -= 1) {
      this.#progress(job, ahead, 0);
      await sleep(QUEUE_MS);
    }
    job.attempt = 1;
    for (let step = 0; step <= job.steps; step += 1) {
      // The state changes by a request to cancel, which TypeScript cannot see here.
      if ((job.state as string) === "canceled") break;
      job.state = "running" as Job["state"] as "queued";
      this.#progress(job, 0, step);
      if (step % 2 === 0) this.#preview(job, step);
      await sleep(STEP_MS);
    }
    this.#end(job);
  }

  #end(job: Job): void {
    if (job.state !== "canceled") {
      if (job.prompt.includes(UNPAINTABLE)) {
        job.state = "failed";
        job.failure = { reason: "MODEL_REJECTED", message: "No." };
      } else {
        job.state = "succeeded";
        job.picture = this.#world.picture(job.seed, job.width, job.height);
      }
      job.kept_until = new Date(Date.now() + KEPT_MS).toISOString();
    }
    job.compute_seconds = (job.steps * STEP_MS) / 1000;
    job.ended_at = new Date().toISOString();
    this.#job(job.id, "job.ended", { job });
  }

  #progress(job: Job, queue_position: number, step: number): void {
    const { state, attempt, steps } = job;
    this.#job(job.id, "job.progress", { state, queue_position, step, of: steps, attempt });
  }

  #preview(job: Job, step: number): void {
    const svg = drawPicture(job.seed, job.width, job.height, Math.min(0.98, step / job.steps));
    const base64 = Buffer.from(svg).toString("base64");
    const { attempt, steps } = job;
    const data = { step, of: steps, attempt, media_type: "image/svg+xml", base64 };
    this.#job(job.id, "job.preview", data);
  }

  #job(id: string, event: string, data: object): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#send({
      type: "event",
      stream: `job:${id}`,
      event,
      ts: new Date().toISOString(),
      id,
      data,
    });
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
