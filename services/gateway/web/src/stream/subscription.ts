import type { Position } from "../api/types";
import type { StreamEvent, StreamName, Subscribed } from "./protocol";
import { RecentIds } from "./recent-ids";

/** Events by which a duplicate is known: more than any replay overlaps what was delivered. */
const REMEMBERED_EVENTS = 2_000;

export interface Listener {
  onEvent(event: StreamEvent): void;
  /**
   * The server cannot go on from where this subscription was. Fetch the feed again, including
   * `atLeast`, then call `restart` with the position of that answer; until then nothing is
   * delivered, and whatever happened since that position is then replayed.
   */
  onSnapshotRequired?(atLeast: Position | undefined): void;
}

/**
 * `stale` waits for a new snapshot; `refused` got an error and is asked for again on reconnect;
 * `over` had its last event.
 */
type Phase = "waiting" | "asked" | "live" | "stale" | "refused" | "over";

/** One stream that the page follows, across as many connections as it takes. */
export class Subscription {
  readonly stream: StreamName;
  readonly listener: Listener;
  /** Up to here everything was delivered; what a reconnect resumes from. */
  position: Position | undefined;
  phase: Phase = "waiting";
  /** Names the latest question, so that an answer to an older one is not taken for it. */
  id = "";
  /** The stream as the server spells it, once it has answered: events name it so. */
  spelled: StreamName | undefined;
  #seen = new RecentIds(REMEMBERED_EVENTS);

  constructor(stream: StreamName, from: Position | undefined, listener: Listener) {
    this.stream = stream;
    this.position = from;
    this.listener = listener;
  }

  /** Progress of a job is latest-only: the server begins with the present state. */
  get ordered(): boolean {
    return !this.stream.startsWith("job:");
  }

  /** Nothing more has to come before this stream is as good as it gets. */
  get settled(): boolean {
    return this.phase === "live" || this.phase === "refused" || this.phase === "over";
  }

  /** The server holds it open, as far as this client knows. */
  get held(): boolean {
    return this.id !== "" && ["asked", "live", "stale"].includes(this.phase);
  }

  /** Begins again from a newly fetched feed, which may lack what was delivered before. */
  rewind(position: Position): void {
    this.position = position;
    this.phase = "waiting";
    this.id = "";
    this.#seen = new RecentIds(REMEMBERED_EVENTS);
  }

  /** The server's word on where the events go on; it also comes unasked, when some were skipped. */
  answered(answer: Subscribed): void {
    this.spelled = answer.stream;
    if (answer.state === "live" || answer.state === "resumed") {
      this.phase = "live";
      // A replay moves the position by its events; `live` has nothing up to its position.
      if (answer.state === "live" && this.ordered) this.position = answer.position;
      return;
    }
    this.phase = "stale";
    this.listener.onSnapshotRequired?.(answer.position);
  }

  /** An error frame named this subscription. */
  refused(reason: string): void {
    if (reason === "POSITION_INVALID") {
      this.phase = "stale";
      this.listener.onSnapshotRequired?.(undefined);
    } else {
      this.phase = "refused";
    }
  }

  deliver(event: StreamEvent): void {
    // Before the answer, an event can only belong to a question that was given up. Moving the
    // position by it would skip what the new question is about to replay.
    if (this.phase !== "live") return;
    if (event.event === "job.ended") this.phase = "over";
    if (this.ordered) {
      if (event.pos !== undefined) this.position = event.pos;
      if (!this.#seen.add(event.id)) return;
    }
    this.listener.onEvent(event);
  }

  /** A heartbeat: every event up to its position has been sent. */
  passed(position: Position): void {
    if (this.phase === "live" && this.ordered) this.position = position;
  }
}
