import { signal } from "@preact/signals";
import { Problem } from "../api/failure";
import type { Position, PostView } from "../api/types";
import type { Following, StreamClient } from "../stream/client";
import type { StreamEvent } from "../stream/protocol";
import { isHidden, learnAccount, noteFollowing, noteHidden } from "./people";
import { learn, learnFromStream } from "./posts";

export interface LivePostOptions {
  id: string;
  fetchPost: (id: string, atLeast?: Position) => Promise<PostView>;
  client: StreamClient;
}

const RETRY_MS = 4_000;

/**
 * One post in a room of its own. It is followed on its author's stream, which tells of all that
 * happens to it: to posts for followers as well, and of blocks and new names too.
 */
export class LivePost {
  /** `gone`: it was taken down, or the reader may not see it. */
  readonly phase = signal<"loading" | "ready" | "gone" | "failed">("loading");
  readonly failure = signal<unknown>(undefined);
  readonly #options: LivePostOptions;
  #following: Following | undefined;
  #loading = 0;

  constructor(options: LivePostOptions) {
    this.#options = options;
  }

  /** Fetches the post, and follows it from there. */
  async load(atLeast?: Position): Promise<void> {
    const loading = ++this.#loading;
    const isFollowed = this.#options.client.announce();
    try {
      const { post, position } = await this.#options.fetchPost(this.#options.id, atLeast);
      if (loading !== this.#loading) return;
      learn(post);
      this.phase.value = "ready";
      this.#followFrom(post.author.id, position);
    } catch (failure) {
      if (loading === this.#loading) this.#failed(failure, atLeast);
    } finally {
      isFollowed();
    }
  }

  close(): void {
    this.#loading += 1;
    this.#following?.close();
    this.#following = undefined;
  }

  #failed(failure: unknown, atLeast: Position | undefined): void {
    if (failure instanceof Problem && failure.status === 404) {
      this.phase.value = "gone";
    } else if (this.#following) {
      // It is on the screen already, and something about it may have changed.
      const loading = this.#loading;
      setTimeout(() => {
        if (loading === this.#loading) void this.load(atLeast);
      }, RETRY_MS);
    } else {
      this.failure.value = failure;
      this.phase.value = "failed";
    }
  }

  #followFrom(authorId: string, position: Position): void {
    if (this.#following) {
      this.#following.restart(position);
      return;
    }
    this.#following = this.#options.client.follow(`user:${authorId}`, position, {
      onEvent: (event) => this.#apply(event),
      onSnapshotRequired: (atLeast) => void this.load(atLeast),
    });
  }

  #apply(event: StreamEvent): void {
    switch (event.event) {
      case "post.updated":
        if (event.data.id !== this.#options.id) break;
        learnFromStream(event.data);
        this.phase.value = "ready";
        break;
      case "post.removed":
        if (event.data.id === this.#options.id) this.phase.value = "gone";
        break;
      case "author.changed":
        learnAccount(event.data);
        if (!isHidden(event.data.id)) break;
        // They have kept an account that they had been deleting.
        noteHidden(event.data.id, false);
        void this.load(event.pos);
        break;
      case "author.hidden":
        noteHidden(event.data.author_id, true);
        this.phase.value = "gone";
        break;
      case "author.shown":
        noteHidden(event.data.author_id, false);
        void this.load(event.pos);
        break;
      case "following.changed":
        noteFollowing(event.data.account_id, event.data.following);
        void this.load(event.pos);
        break;
      default:
        // Other posts by the same author, and jobs.
        break;
    }
  }
}
