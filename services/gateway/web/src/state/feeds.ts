import { signal } from "@preact/signals";
import * as kanvas from "../api/kanvas";
import type { Post } from "../api/types";
import type { FeedStream } from "../stream/protocol";
import { stream } from "./connection";
import { type FetchPage, LiveFeed } from "./live-feed";
import { forgetEverything } from "./posts";
import { account } from "./session";

/** Feeds of profiles and tags that are kept, so that going back to them finds them as they were. */
const KEPT = 8;

function openHome(): LiveFeed {
  return new LiveFeed({ fetchPage: kanvas.homeFeed, live: { client: stream, stream: "home" } });
}

function openGlobal(): LiveFeed {
  return new LiveFeed({ fetchPage: kanvas.globalFeed, live: { client: stream, stream: "global" } });
}

export const homeFeed = signal(openHome());
export const globalFeed = signal(openGlobal());
const profiles = new Map<string, LiveFeed>();
const tags = new Map<string, LiveFeed>();

/** The feed of one account; the same one as before while it is kept. */
export function profileFeed(accountId: string): LiveFeed {
  const fetchPage: FetchPage = (paged) => kanvas.accountFeed(accountId, paged);
  return keptFeed(profiles, accountId, `user:${accountId}`, fetchPage);
}

/** The feed of one tag; the same one as before while it is kept. */
export function tagFeed(name: string): LiveFeed {
  return keptFeed(tags, name, `tag:${name}`, (paged) => kanvas.tagFeed(name, paged));
}

function keptFeed(
  kept: Map<string, LiveFeed>,
  key: string,
  name: FeedStream,
  fetchPage: FetchPage,
): LiveFeed {
  const live = { client: stream, stream: name, onlyOnScreen: true };
  const feed = kept.get(key) ?? new LiveFeed({ fetchPage, live });
  kept.delete(key);
  kept.set(key, feed);
  const [oldest] = kept.keys();
  if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
  return feed;
}

/** Somebody else looks at the page now: nothing of what was shown before may stay. */
export function resetFeeds(): void {
  for (const feed of everyFeed()) feed.close();
  profiles.clear();
  tags.clear();
  forgetEverything();
  homeFeed.value = openHome();
  globalFeed.value = openGlobal();
}

function everyFeed(): LiveFeed[] {
  return [homeFeed.value, globalFeed.value, ...profiles.values(), ...tags.values()];
}

/** One's own post, just published: at the top of the feeds that it belongs to. */
export function putOwnPost(post: Post): void {
  homeFeed.value.putOwn(post);
  if (post.visibility === "public") {
    globalFeed.value.putOwn(post);
    for (const name of new Set(post.tags.map((tag) => tag.name))) tags.get(name)?.putOwn(post);
  }
  profiles.get(account.value?.id ?? "")?.putOwn(post);
}

export function dropPost(id: string): void {
  for (const feed of everyFeed()) feed.fold((shown) => shown === id);
}

/** The reader follows somebody more or less: home is another feed now. */
export function followsChanged(): void {
  if (homeFeed.value.phase.value !== "idle") void homeFeed.value.reload();
}

/** A block began or ended: every feed may hold more or less than before. */
export function blocksChanged(): void {
  for (const feed of everyFeed()) {
    if (feed.phase.value !== "idle") void feed.reload();
  }
}
