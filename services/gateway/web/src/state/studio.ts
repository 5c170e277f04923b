import { computed, signal } from "@preact/signals";
import { Problem } from "../api/failure";
import * as kanvas from "../api/kanvas";
import type { Job, JobRequest, Post, PostRequest, Reason } from "../api/types";
import { uuid7 } from "../api/uuid7";
import { refusalOf } from "../i18n/problem-sentence";
import type { Following } from "../stream/client";
import type { JobPreview, JobProgress, StreamEvent } from "../stream/protocol";
import { stream } from "./connection";
import { putOwnPost } from "./feeds";
import { keepPostDraft } from "./post-drafts";
import {
  draft,
  draftOf,
  editDraft,
  handedIn,
  handOver,
  optionsOpen,
  replaceDraft,
  requestOf,
} from "./prompt";
import { account, worker } from "./session";
import { toastFailure } from "./toasts";

/** One picture, from the first word to the wall. */
export interface Painting {
  id: string;
  request: JobRequest;
  /** Absent until the gateway has accepted it. */
  job?: Job;
  queuePosition: number;
  step: number;
  of: number;
  attempt: number;
  /** The latest preview, as the address of an image. */
  preview?: { step: number; url: string };
  /** The post that it became. */
  postId?: string;
}

/** Of the account's unpublished work so much is held; older ones are fetched again. */
const MOST_PAINTINGS = 200;
/** The stream tells progress; where it is silent this long, the job itself is asked. */
const ASK_AFTER_MS = 6_000;

/** Fields of a request that the prompt box and its options show. */
export const PAINT_FIELDS = [
  "prompt",
  "negative_prompt",
  "model",
  "width",
  "height",
  "style",
  "steps",
  "seed",
  "guidance",
] as const;

export const paintings = signal<readonly Painting[]>([]);
export const currentId = signal<string | undefined>(undefined);
/** Where the next page of the account's unpublished work begins; absent where there is none. */
export const olderFrom = signal<string | undefined>(undefined);
/** Why the account's unpublished work is not here, until it has come. */
export const shelfFailure = signal<unknown>(undefined);
export const current = computed(() => paintings.value.find(({ id }) => id === currentId.value));
/** Whether the easel stands open; closed, the picture goes on forming small. */
export const easelOpen = signal(false);
/** The sheet of a phone; on a desk the dock is always there. */
export const sheetOpen = signal(false);
/** Why the draft was not accepted, until it is handed in again. */
export const refusal = signal<unknown>(undefined);
export const publishing = signal(false);

const following = new Map<string, { stream: Following; timer: ReturnType<typeof setTimeout> }>();

export function isForming({ job }: Painting): boolean {
  return !job || job.state === "queued" || job.state === "running";
}

/** Whether a picture is finished and kept for its painter, who has not published it. */
export function isKept({ job, postId }: Painting): boolean {
  return job?.state === "succeeded" && !postId;
}

/** Whether no picture came; its painter may try again, or put it away. */
export function hasFailed({ job }: Painting): boolean {
  return job?.state === "failed";
}

/** Whether a painting has ended without a picture: it failed, or its painter did without. */
export function hasNoPicture({ job }: Painting): boolean {
  return job?.state === "failed" || job?.state === "canceled";
}

/** Puts the easel out of the way; the picture goes on forming. */
export function makeSmall(): void {
  easelOpen.value = false;
  sheetOpen.value = false;
}

/**
 * Hands the draft in. The prompt box is empty at once for the next idea, so that a second press of
 * the same button finds nothing to hand in; what is refused comes back, before what was typed since.
 */
export async function paint(): Promise<void> {
  const request = requestOf(draft.value);
  if (!request.prompt) return;
  optionsOpen.value = false;
  handedIn.value = false;
  refusal.value = undefined;
  const { prompt } = draft.value;
  const settle = handOver();
  try {
    await submit(request);
  } catch (failure) {
    editDraft({ prompt: [prompt, draft.value.prompt].filter(Boolean).join(" ") });
    refuse(failure);
  }
  settle();
}

/** Tells what is wrong with a draft beside its fields; anything else in a toast. */
function refuse(failure: unknown): void {
  if (Object.keys(refusalOf(failure, PAINT_FIELDS).errors).length > 0) {
    refusal.value = failure;
    optionsOpen.value = true;
  } else {
    toastFailure(failure);
  }
}

/** The same words with a new seed. They take the place of a painting that has failed. */
export async function paintAgain(painting: Painting): Promise<void> {
  const { seed: _, ...request } = painting.request;
  try {
    await submit(request);
  } catch (failure) {
    toastFailure(failure);
    return;
  }
  if (hasFailed(painting)) await forget(painting);
}

/** Puts a painting's words and choices into the prompt box. */
export function editWords(painting: Painting): void {
  replaceDraft(draftOf(painting.request));
}

/** Hands a request in, and follows what becomes of it, unless whoever asked has left meanwhile. */
async function submit(request: JobRequest): Promise<void> {
  const whose = worker();
  const id = uuid7();
  const painting: Painting = { id, request, queuePosition: 0, step: 0, of: 0, attempt: 0 };
  const before = currentId.value;
  paintings.value = [...paintings.value, painting].slice(-MOST_PAINTINGS);
  currentId.value = id;
  easelOpen.value = true;
  publishing.value = false;
  try {
    const { job, queue_position } = await kanvas.submitJob({ ...request, id });
    if (worker() !== whose) return;
    change(id, { job, queuePosition: queue_position });
    watch(id);
  } catch (failure) {
    if (worker() !== whose) return;
    paintings.value = paintings.value.filter((other) => other.id !== id);
    currentId.value = before;
    easelOpen.value = before !== undefined;
    throw failure;
  }
}

export async function cancel(painting: Painting): Promise<void> {
  try {
    const { job } = await kanvas.cancelJob(painting.id);
    ended(painting.id, job);
  } catch (failure) {
    toastFailure(failure);
  }
}

/** Takes a painting off the easel; one that still forms is canceled, one that failed forgotten. */
export async function putAway(painting: Painting): Promise<void> {
  if (hasFailed(painting)) return await forget(painting);
  if (isForming(painting) && painting.job) void cancel(painting);
  takeOff(painting);
}

/** Forgets a painting that has ended and is not published, for all devices, with its words. */
export async function forget(painting: Painting): Promise<void> {
  try {
    await kanvas.deletePicture(painting.id);
  } catch (failure) {
    // Another tab or device may have been first.
    if (!isFor(failure, "JOB_UNKNOWN")) return toastFailure(failure);
  }
  keepPostDraft(painting.id, undefined);
  takeOff(painting);
}

const isFor = (failure: unknown, reason: Reason) =>
  failure instanceof Problem && failure.reason === reason;

function takeOff(painting: Painting): void {
  paintings.value = paintings.value.filter(({ id }) => id !== painting.id);
  if (currentId.value !== painting.id) return;
  currentId.value = paintings.value.at(-1)?.id;
  publishing.value = false;
  if (!currentId.value) makeSmall();
}

/**
 * Publishes a finished painting. One that hangs already leaves the easel: another tab or device was
 * first.
 *
 * @returns The post; undefined where whoever published it has left meanwhile.
 * @throws Problem with violations by field, Unreachable.
 */
export async function publish(
  painting: Painting,
  form: Omit<PostRequest, "id" | "job_id">,
): Promise<Post | undefined> {
  const whose = worker();
  const post = await createPost(painting, form);
  if (worker() !== whose) return undefined;
  change(painting.id, { postId: post.id });
  keepPostDraft(painting.id, undefined);
  putOwnPost(post);
  return post;
}

async function createPost(
  painting: Painting,
  form: Omit<PostRequest, "id" | "job_id">,
): Promise<Post> {
  try {
    return (await kanvas.createPost({ ...form, id: painting.id, job_id: painting.id })).post;
  } catch (failure) {
    if (isFor(failure, "POST_EXISTS")) {
      keepPostDraft(painting.id, undefined);
      takeOff(painting);
      toastFailure(failure);
    }
    throw failure;
  }
}

/** Somebody else sits down: the studio is cleared. */
export function clearStudio(): void {
  for (const id of [...following.keys()]) unwatch(id);
  paintings.value = [];
  olderFrom.value = undefined;
  shelfFailure.value = undefined;
  currentId.value = undefined;
  makeSmall();
  publishing.value = false;
}

/**
 * Brings the account's unpublished work back: after a reload, on another device, when somebody signs
 * in. What stands on the easel stays there. Where it could not be fetched, `shelfFailure` says why.
 */
export async function restoreStudio(): Promise<void> {
  const me = account.value?.id;
  let failure: unknown;
  try {
    await loadUnpublished(undefined);
  } catch (problem) {
    failure = problem;
  }
  if (account.value?.id !== me) return; // nor is why it failed
  shelfFailure.value = failure;
  currentId.value ??= paintings.value.at(-1)?.id;
}

/** Fetches the next page of the account's unpublished work, which is older. */
export async function loadOlder(): Promise<void> {
  try {
    if (olderFrom.value !== undefined) await loadUnpublished(olderFrom.value);
  } catch (failure) {
    toastFailure(failure);
  }
}

async function loadUnpublished(cursor: string | undefined): Promise<void> {
  const me = account.value?.id;
  if (!me) return;
  const { items, next_cursor } = await kanvas.unpublishedJobs({ cursor });
  if (account.value?.id !== me) return; // not for the eyes of who has signed in since
  const known = new Set(paintings.value.map(({ id }) => id));
  const found = items.filter(({ id }) => !known.has(id)).map(paintingOf);
  paintings.value = [...found.reverse(), ...paintings.value];
  const isFull = paintings.value.length >= MOST_PAINTINGS;
  olderFrom.value = isFull ? undefined : (next_cursor ?? undefined);
  for (const painting of found) if (isForming(painting)) watch(painting.id);
}

function paintingOf(job: Job): Painting {
  const { id, prompt, negative_prompt, model, width, height, steps, style, guidance } = job;
  const request = { prompt, negative_prompt, model, width, height, steps, style, guidance };
  return { id, request, job, queuePosition: 0, step: 0, of: steps, attempt: job.attempt };
}

function change(id: string, changes: Partial<Painting>): void {
  paintings.value = paintings.value.map((painting) =>
    painting.id === id ? { ...painting, ...changes } : painting,
  );
}

function watch(id: string): void {
  following.set(id, {
    stream: stream.follow(`job:${id}`, undefined, { onEvent: (event) => told(id, event) }),
    timer: setTimeout(() => void ask(id), ASK_AFTER_MS),
  });
}

function unwatch(id: string): void {
  const watched = following.get(id);
  if (!watched) return;
  clearTimeout(watched.timer);
  watched.stream.close();
  following.delete(id);
}

function heard(id: string): void {
  const watched = following.get(id);
  if (!watched) return;
  clearTimeout(watched.timer);
  watched.timer = setTimeout(() => void ask(id), ASK_AFTER_MS);
}

async function ask(id: string): Promise<void> {
  try {
    const { job, queue_position } = await kanvas.job(id);
    if (job.state === "queued" || job.state === "running") {
      change(id, { job, queuePosition: queue_position ?? 0 });
    } else {
      ended(id, job);
    }
  } catch {
    // The gateway is out of reach; the dot says so. The next round asks again.
  }
  heard(id);
}

function told(id: string, event: StreamEvent): void {
  heard(id);
  if (event.event === "job.progress") progressed(id, event.data);
  else if (event.event === "job.preview") previewed(id, event.data);
  else if (event.event === "job.ended") ended(id, event.data.job);
}

/** Updates are ordered by (attempt, step): one that arrives late must not turn the ring back. */
function isLate(painting: Painting, update: { attempt: number; step: number }): boolean {
  if (!isForming(painting)) return true;
  if (update.attempt !== painting.attempt) return update.attempt < painting.attempt;
  return update.step < painting.step;
}

function progressed(id: string, update: JobProgress): void {
  const painting = paintings.value.find((other) => other.id === id);
  if (!painting?.job || isLate(painting, update)) return;
  const { state, queue_position, step, of, attempt } = update;
  change(id, {
    job: { ...painting.job, state, attempt },
    queuePosition: queue_position,
    step,
    of,
    attempt,
  });
}

function previewed(id: string, update: JobPreview): void {
  const painting = paintings.value.find((other) => other.id === id);
  if (!painting || isLate(painting, update)) return;
  const { step, of, attempt, media_type, base64 } = update;
  if (!media_type.startsWith("image/")) return;
  change(id, { step, of, attempt, preview: { step, url: `data:${media_type};base64,${base64}` } });
}

function ended(id: string, job: Job): void {
  unwatch(id);
  change(id, { job, queuePosition: 0 });
}
