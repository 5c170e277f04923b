/** Frames of `kanvas.stream.v1`; docs/api/stream.md is the normative page. */

import type { Account, Job, JobState, Position, Post } from "../api/types";

/** A stream of the feed; every spelling of a tag is the same stream. */
export type FeedStream = "home" | "global" | `user:${string}` | `tag:${string}`;
export type StreamName = FeedStream | `job:${string}`;

export interface Hello {
  type: "hello";
  protocol: string;
  position: Position;
  heartbeat_seconds: number;
}

export interface Authenticated {
  type: "authenticated";
  account_id: string;
  /** RFC 3339. */
  expires_at: string;
}

export interface Subscribed {
  type: "subscribed";
  /** As chosen by the client. */
  id: string;
  stream: StreamName;
  /**
   * `live` and `resumed` go on without a hole; after `snapshot_required` and `gap` the client
   * fetches the feed again and subscribes from that answer's position.
   */
  state: "live" | "resumed" | "snapshot_required" | "gap";
  position: Position;
  replayed?: number;
  reason?: string;
}

interface EventOf<Name extends string, Data> {
  type: "event";
  stream: StreamName;
  pos?: Position;
  event: Name;
  ts: string;
  /** The same event always carries the same id. */
  id: string;
  data: Data;
}

/** A post as a frame tells it: the same for everyone, so without what depends on the reader. */
export type StreamedPost = Omit<Post, "liked" | "like_count"> &
  Partial<Pick<Post, "liked" | "like_count">>;

export type FeedEvent =
  | EventOf<"post.created" | "post.updated", StreamedPost>
  | EventOf<"post.removed", { id: string; author_id: string }>
  | EventOf<"author.changed", Account>
  | EventOf<"author.hidden" | "author.shown", { author_id: string }>
  | EventOf<"home.changed" | "following.changed", { account_id: string; following: boolean }>;

export interface JobProgress {
  state: JobState;
  queue_position: number;
  step: number;
  of: number;
  attempt: number;
}

export interface JobPreview {
  step: number;
  of: number;
  attempt: number;
  media_type: string;
  base64: string;
}

export type JobEvent =
  | EventOf<"job.progress", JobProgress>
  | EventOf<"job.preview", JobPreview>
  | EventOf<"job.ended", { job: Job }>;

export type StreamEvent = FeedEvent | JobEvent;

export interface ErrorFrame {
  type: "error";
  reason: string;
  message: string;
  /** Id of the subscription it is about. */
  ref?: string;
}

export interface Heartbeat {
  type: "heartbeat";
  /** Every event of ordered streams up to here has been sent. */
  position: Position;
  /** True while the gateway cannot tell whether it is up to date. */
  held?: boolean;
}

export interface Drain {
  type: "drain";
  reconnect_in_seconds: number;
}

export type ServerFrame =
  | Hello
  | Authenticated
  | Subscribed
  | { type: "unsubscribed"; id: string }
  | StreamEvent
  | Heartbeat
  | ErrorFrame
  | Drain;

export type ClientFrame =
  | { type: "authenticate"; token: string }
  | { type: "subscribe"; id: string; stream: StreamName; from?: Position }
  | { type: "unsubscribe"; id: string };

const STOP_CODES: ReadonlySet<number> = new Set([1002, 1003, 1007, 1008, 1009]);

/** What a close code asks of the client. */
export function closeAdvice(code: number | undefined): "resume" | "reauthenticate" | "stop" {
  if (code === undefined) return "resume";
  if (code >= 4100 && code < 4200) return "reauthenticate";
  if ((code >= 4200 && code < 4300) || STOP_CODES.has(code)) return "stop";
  return "resume";
}

/** A frame from the server, or undefined for what this client does not know (newer servers). */
export function parseFrame(text: string): ServerFrame | undefined {
  const frame: unknown = JSON.parse(text);
  if (typeof frame !== "object" || frame === null || !("type" in frame)) return undefined;
  return frame as ServerFrame;
}
