import { signal } from "@preact/signals";
import * as kanvas from "../api/kanvas";
import type { Post } from "../api/types";
import { stream } from "./connection";
import { LiveFeed } from "./live-feed";
import { forgetEverything, noteRemoved } from "./posts";
import { account } from "./session";

/** Profiles whose feeds are kept, so that going back to them finds them as they were. */
const KEPT_PROFILES = 8;

function openHome(): LiveFeed {
  return new LiveFeed({ fetchPage: kanvas.homeFeed, live: { client: stream, stream: "home" } });
}

function openGlobal(): LiveFeed {
  return new LiveFeed({ fetchPage: kanvas.globalFeed, live: { client: stream, stream: "global" } });
}

export const homeFeed = signal(openHome());
export const globalFeed = signal(openGlobal());
const profiles = new Map<string, LiveFeed>();

/** The feed of one account; the same one as before while it is kept. */
export function profileFeed(accountId: string): LiveFeed {
  const kept = profiles.get(accountId);
  const feed = kept ?? new LiveFeed({ fetchPage: (paged) => kanvas.accountFeed(accountId, paged) });
  profiles.delete(accountId);
  profiles.set(accountId, feed);
  const [oldest] = profiles.keys();
  if (profiles.size > KEPT_PROFILES && oldest !== undefined) profiles.delete(oldest);
  return feed;
}

/** Somebody else looks at the page now: nothing of what was shown before may stay. */
export function resetFeeds(): void {
  homeFeed.value.close();
  globalFeed.value.close();
  profiles.clear();
  forgetEverything();
  homeFeed.value = openHome();
  globalFeed.value = openGlobal();
}

function everyFeed(): LiveFeed[] {
  return [homeFeed.value, globalFeed.value, ...profiles.values()];
}

/** One's own post, just published: at the top of the feeds that it belongs to. */
export function putOwnPost(post: Post): void {
  homeFeed.value.putOwn(post);
  if (post.visibility === "public") globalFeed.value.putOwn(post);
  profiles.get(account.value?.id ?? "")?.putOwn(post);
}

export function dropPost(id: string): void {
  noteRemoved(id);
  for (const feed of everyFeed()) feed.fold((shown) => shown === id);
}

/** The reader follows somebody more or less: home is another feed now. */
export function followsChanged(): void {
  if (homeFeed.value.phase.value !== "idle") void homeFeed.value.reload();
}

/** A block began or ended: every feed may hold more or less than before. */
export function blocksChanged(accountId: string): void {
  profiles.delete(accountId);
  for (const feed of everyFeed()) {
    if (feed.phase.value !== "idle") void feed.reload();
  }
}
