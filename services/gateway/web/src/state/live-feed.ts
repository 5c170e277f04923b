import { batch, computed, signal } from "@preact/signals";
import { isBefore } from "../api/positions";
import type { FeedPage, Position, Post } from "../api/types";
import type { Following, StreamClient } from "../stream/client";
import type { FeedEvent, FeedStream, StreamEvent, StreamedPost } from "../stream/protocol";
import { RecentIds } from "../stream/recent-ids";
import { isHidden, learnAccount, noteFollowing, noteHidden } from "./people";
import { authorOf, createdPosition, learn, learnFromStream } from "./posts";
import { reconcile } from "./reconcile";

export type FetchPage = (paged: {
  cursor?: string | undefined;
  limit?: number;
  /** Position that the answer must include. */
  atLeast?: Position | undefined;
}) => Promise<FeedPage>;

export interface LiveFeedOptions {
  fetchPage: FetchPage;
  live: {
    client: StreamClient;
    stream: FeedStream;
    /** Whether the stream is followed only while somebody looks; the others are followed for good. */
    onlyOnScreen?: boolean;
  };
}

interface Wanted {
  cursor?: string | undefined;
  /** Of one page. */
  limit: number;
  atLeast?: Position | undefined;
  enough?: number;
}

interface Fetched {
  ids: string[];
  cursor: string | undefined;
  position: Position;
}

const PAGE = 30;
/** After a hole, at most this much of what is on the screen is fetched again; the rest on scrolling. */
const REFETCHED = 240;
const REFETCH_PAGE = 80;
const FOLD_MS = 900;
const REMEMBERED_REMOVALS = 2_000;
const RETRY_SNAPSHOT_MS = 4_000;

/**
 * One feed on the screen: pages fetched from the gateway, and what the live stream adds.
 *
 * The seam has no hole: the stream is followed from the very position that the first page was
 * answered at. What arrives waits in `arrived` until the reader asks for it; what is removed folds
 * away; what was removed while a page was on its way does not come back with it.
 */
export class LiveFeed {
  readonly shown = signal<readonly string[]>([]);
  readonly arrived = signal<readonly string[]>([]);
  readonly folding = signal<ReadonlySet<string>>(new Set());
  readonly phase = signal<"idle" | "loading" | "ready" | "failed">("idle");
  readonly failure = signal<unknown>(undefined);
  readonly more = signal<"idle" | "loading" | "failed">("idle");
  readonly isEmpty = computed(() => this.phase.value === "ready" && this.shown.value.length === 0);
  readonly #options: LiveFeedOptions;
  readonly #gone = new RecentIds(REMEMBERED_REMOVALS);
  readonly #cursor = signal<string | undefined>(undefined);
  readonly hasMore = computed(() => this.#cursor.value !== undefined);
  #following: Following | undefined;
  /** What showing the arrived posts replaces the feed with, when the two do not meet. */
  #replacement: { cursor: string | undefined } | undefined;
  #fetching = 0;
  /** How many parts of the screen show it. */
  #shows = 0;
  /** Where the stream goes on once the feed is on the screen again. */
  #left: Position | undefined;

  constructor(options: LiveFeedOptions) {
    this.#options = options;
  }

  /** Fetches the first page unless it is there already. */
  async open(): Promise<void> {
    if (this.phase.value === "ready" || this.phase.value === "loading") return;
    await this.reload();
  }

  /** A part of the screen shows it from now on; the result says that it does no longer. */
  show(): () => void {
    this.#shows += 1;
    if (this.#left !== undefined) this.#followFrom(this.#left);
    return () => {
      this.#shows -= 1;
      if (this.#shows > 0 || !this.#options.live.onlyOnScreen) return;
      this.#left = this.#following?.position;
      this.#unfollow();
    };
  }

  /** Fetches the feed again and shows it from the top. */
  async reload(): Promise<void> {
    const fetching = ++this.#fetching;
    const isFollowed = this.#options.live.client.announce();
    this.phase.value = "loading";
    try {
      const { ids, cursor, position } = await this.#fetchSome({ limit: PAGE });
      if (fetching !== this.#fetching) return;
      batch(() => {
        this.shown.value = ids;
        this.arrived.value = [];
        this.#replacement = undefined;
        this.#cursor.value = cursor;
        this.phase.value = "ready";
      });
      this.#followFrom(position);
    } catch (failure) {
      if (fetching !== this.#fetching) return;
      this.failure.value = failure;
      this.phase.value = "failed";
    } finally {
      isFollowed();
    }
  }

  async loadMore(): Promise<void> {
    const cursor = this.#cursor.value;
    if (cursor === undefined || this.more.value === "loading") return;
    const fetching = this.#fetching;
    this.more.value = "loading";
    try {
      const { ids, cursor: next } = await this.#fetchSome({ cursor, limit: PAGE });
      this.more.value = "idle";
      if (fetching !== this.#fetching || cursor !== this.#cursor.value) return;
      batch(() => {
        this.shown.value = unique([...this.shown.value, ...ids]);
        this.#cursor.value = next;
      });
    } catch {
      this.more.value = "failed";
    }
  }

  /** Shows what has arrived. */
  reveal(): void {
    batch(() => {
      if (this.#replacement) {
        this.shown.value = this.arrived.value;
        this.#cursor.value = this.#replacement.cursor;
        this.#replacement = undefined;
      } else {
        this.shown.value = inOrder([...this.arrived.value, ...this.shown.value]);
      }
      this.arrived.value = [];
    });
  }

  /** Shows a post of the reader's own at once: they have just made it and look for it. */
  putOwn(post: Post): void {
    learn(post);
    if (this.phase.value !== "ready") return;
    this.shown.value = inOrder([post.id, ...this.shown.value]);
    this.arrived.value = this.arrived.value.filter((id) => id !== post.id);
  }

  /** Folds posts away, then lets the others close the gap. */
  fold(matches: (id: string) => boolean): void {
    this.arrived.value = this.arrived.value.filter((id) => !matches(id));
    const leaving = this.shown.value.filter(matches);
    if (leaving.length === 0) return;
    this.folding.value = new Set([...this.folding.value, ...leaving]);
    setTimeout(() => {
      const gone = new Set(leaving);
      batch(() => {
        this.shown.value = this.shown.value.filter((id) => !gone.has(id));
        this.folding.value = new Set([...this.folding.value].filter((id) => !gone.has(id)));
      });
    }, FOLD_MS);
  }

  close(): void {
    this.#fetching += 1;
    this.#unfollow();
  }

  #unfollow(): void {
    this.#following?.close();
    this.#following = undefined;
  }

  #followFrom(position: Position): void {
    const { client, stream, onlyOnScreen } = this.#options.live;
    if (onlyOnScreen && this.#shows === 0) {
      this.#left = position;
      return;
    }
    this.#left = undefined;
    if (this.#following) {
      this.#following.restart(position);
      return;
    }
    this.#following = client.follow(stream, position, {
      onEvent: (event) => this.#apply(event),
      onSnapshotRequired: (atLeast) => void this.#refetch(atLeast),
    });
  }

  #apply(event: StreamEvent): void {
    switch (event.event) {
      case "post.created":
      case "post.updated":
        this.#arrive(event.data, event.event);
        break;
      case "post.removed":
        this.#gone.add(event.data.id);
        this.fold((id) => id === event.data.id);
        break;
      case "author.changed":
        learnAccount(event.data);
        this.#showAgain(event.data.id, event.pos);
        break;
      case "author.hidden":
        noteHidden(event.data.author_id, true);
        this.fold((id) => authorOf(id) === event.data.author_id);
        break;
      case "author.shown":
        noteHidden(event.data.author_id, false);
        void this.#refetch(event.pos);
        break;
      case "home.changed":
      case "following.changed":
        noteFollowing(event.data.account_id, event.data.following);
        void this.#refetch(event.pos);
        break;
      default:
        // Progress of jobs travels on streams of its own.
        break;
    }
  }

  /**
   * Somebody of whom something is told is not hidden: they have kept an account that they had been
   * deleting. Where everybody reads, not all fetch again for that: their posts come with the next
   * page.
   */
  #showAgain(authorId: string, position: Position | undefined): void {
    if (!isHidden(authorId)) return;
    noteHidden(authorId, false);
    const { stream } = this.#options.live;
    if (stream === "home" || stream === `user:${authorId}`) void this.#refetch(position);
  }

  #arrive(post: StreamedPost, kind: FeedEvent["event"]): void {
    this.#gone.delete(post.id);
    const isKnown = this.shown.value.includes(post.id) || this.arrived.value.includes(post.id);
    learnFromStream(post);
    if (isKnown) return;
    if (kind === "post.updated" && !this.isEmpty.value) {
      this.#returnToItsPlace(post);
    } else if (this.isEmpty.value) {
      // Nobody is reading yet, so nothing can be moved.
      this.shown.value = [post.id];
    } else {
      this.arrived.value = [post.id, ...this.arrived.value];
    }
  }

  /** An older post that may be seen again: its place is in the order, not at the top. */
  #returnToItsPlace(post: StreamedPost): void {
    const shown = this.shown.value;
    const place = shown.findIndex((id) => isBefore(createdPosition(id), post.created_position));
    // Older than all that was fetched: the page that it is on brings it.
    if (place === -1 && this.hasMore.value) return;
    this.shown.value = place === -1 ? [...shown, post.id] : shown.toSpliced(place, 0, post.id);
  }

  /**
   * The stream cannot go on from where it was (or the order changed under it): fetches what is on
   * the screen again and follows from there. Tried until it works; the dot says `catching up`.
   */
  async #refetch(atLeast?: Position): Promise<void> {
    const fetching = ++this.#fetching;
    try {
      const enough = Math.min(this.shown.value.length + this.arrived.value.length, REFETCHED);
      const limit = REFETCH_PAGE;
      const { ids, cursor, position } = await this.#fetchSome({ limit, atLeast, enough });
      if (fetching !== this.#fetching) return;
      const before = this.#shows > 0 ? this.shown.value : [];
      const { arrived, shown, replaces } = reconcile(before, ids);
      batch(() => {
        this.shown.value = shown;
        this.arrived.value = arrived;
        this.#replacement = replaces ? { cursor } : undefined;
        if (!replaces) this.#cursor.value = cursor;
        this.phase.value = "ready";
      });
      this.#followFrom(position);
    } catch {
      if (fetching !== this.#fetching) return;
      setTimeout(() => {
        if (fetching === this.#fetching) void this.#refetch(atLeast);
      }, RETRY_SNAPSHOT_MS);
    }
  }

  /** Fetches pages until they hold so many posts, or there are no more. */
  async #fetchSome({ cursor, limit, atLeast, enough = 1 }: Wanted): Promise<Fetched> {
    const ids: string[] = [];
    let next = cursor;
    let position: Position | undefined;
    do {
      // A page may be short or empty, where rules hide most of it, and go on all the same.
      const page = await this.#options.fetchPage({ cursor: next, limit, atLeast });
      ids.push(...this.#take(page.items));
      next = page.next_cursor ?? undefined;
      // The first page's position: what happens while the others are fetched is replayed.
      position ??= page.position;
    } while (next !== undefined && ids.length < enough);
    return { ids: unique(ids), cursor: next, position };
  }

  #take(items: readonly Post[]): string[] {
    return items.filter((post) => !this.#gone.has(post.id)).map(learn);
  }
}

function unique(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}

/** The order of every feed: the newest first, by its position. */
function inOrder(ids: readonly string[]): string[] {
  const later = (one: string, other: string) =>
    isBefore(createdPosition(one), createdPosition(other)) ? 1 : -1;
  return unique(ids).sort(later);
}
