import { type Signal, signal } from "@preact/signals";
import * as kanvas from "../api/kanvas";
import type { Position, Post } from "../api/types";
import type { StreamedPost } from "../stream/protocol";
import { LastPress } from "./last-press";
import { learnNames } from "./people";
import { toastFailure } from "./toasts";

/**
 * Every post that the page knows, once: feeds hold ids, so that a like or an edit shows wherever
 * the post is on the screen.
 */
const known = new Map<string, Signal<Post | undefined>>();

export function postSignal(id: string): Signal<Post | undefined> {
  let post = known.get(id);
  if (!post) {
    post = signal<Post | undefined>(undefined);
    known.set(id, post);
  }
  return post;
}

export function learn(post: Post): string {
  learnNames(post.author);
  postSignal(post.id).value = post;
  return post.id;
}

export function authorOf(id: string): string | undefined {
  return known.get(id)?.value?.author.id;
}

/** Where a known post stands in every feed. */
export function createdPosition(id: string): Position {
  return known.get(id)?.value?.created_position ?? "";
}

/** Takes in a post as the live stream tells it; what is known of its likes stays. */
export function learnFromStream(post: StreamedPost): string {
  const { liked = false, like_count = 0 } = known.get(post.id)?.value ?? post;
  return learn({ ...post, liked, like_count });
}

export function forgetEverything(): void {
  known.clear();
}

const likes = new LastPress(kanvas.setLike);

/** Likes at once and takes it back, with a word, when the server refuses; the last press counts. */
export async function toggleLike(id: string): Promise<void> {
  const post = postSignal(id);
  const before = post.value;
  if (!before) return;
  const liked = !before.liked;
  post.value = { ...before, liked, like_count: before.like_count + (liked ? 1 : -1) };
  const settled = await likes.press(id, liked);
  if (!settled || !post.value) return;
  const { like_count } = settled.answer ?? before;
  post.value = { ...post.value, liked: settled.on, like_count };
  if (settled.failure) toastFailure(settled.failure);
}
