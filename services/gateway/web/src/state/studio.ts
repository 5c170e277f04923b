import { computed, effect, signal } from "@preact/signals";
import * as kanvas from "../api/kanvas";
import type { Job, JobRequest, Model, Post, PostRequest } from "../api/types";
import { uuid7 } from "../api/uuid7";
import { fieldSentences } from "../i18n/problem-sentence";
import { keep, recall } from "../storage";
import type { Following } from "../stream/client";
import type { JobPreview, JobProgress, StreamEvent } from "../stream/protocol";
import { stream } from "./connection";
import { putOwnPost } from "./feeds";
import { account } from "./session";
import { toastFailure } from "./toasts";

/** One picture of this session, from the first word to the wall. */
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

/** What is typed and chosen in the prompt box; empty fields take the model's default. */
export interface Draft {
  prompt: string;
  negative: string;
  model: string;
  size: string;
  style: string;
  steps: string;
  seed: string;
  guidance: string;
}

const BLANK: Draft = {
  prompt: "",
  negative: "",
  model: "",
  size: "",
  style: "",
  steps: "",
  seed: "",
  guidance: "",
};
const KEPT_PAINTINGS = 8;
/** The stream tells progress; where it is silent this long, the job itself is asked. */
const ASK_AFTER_MS = 6_000;
const KEPT_JOB = "kanvas.job";

export const draft = signal<Draft>(BLANK);
export const models = signal<readonly Model[]>([]);
/** The one that the draft names, or the default one; absent until the models are known. */
export const chosenModel = computed(
  () => models.value.find(({ name }) => name === draft.value.model) ?? models.value[0],
);
export const paintings = signal<readonly Painting[]>([]);
export const currentId = signal<string | undefined>(undefined);
export const current = computed(() => paintings.value.find(({ id }) => id === currentId.value));
/** Whether the easel stands open; closed, the picture goes on forming small. */
export const easelOpen = signal(false);
/** The sheet of a phone; on a desk the dock is always there. */
export const sheetOpen = signal(false);
/** Whether size, style and the rest are laid out. */
export const optionsOpen = signal(false);
/** Why the draft was not accepted, until it is handed in again. */
export const refusal = signal<unknown>(undefined);
export const publishing = signal(false);

const following = new Map<string, { stream: Following; timer: ReturnType<typeof setTimeout> }>();

export function editDraft(changes: Partial<Draft>): void {
  draft.value = { ...draft.value, ...changes };
}

/** Chooses who paints; choices that the model does not offer are taken back. */
export function chooseModel(name: string): void {
  const model = models.value.find((other) => other.name === name);
  if (!model) return;
  const { size, style, guidance } = draft.value;
  editDraft({
    model: name,
    size: model.sizes.includes(size) ? size : "",
    style: model.styles.includes(style) ? style : "",
    guidance: model.default_guidance ? guidance : "",
  });
}

export function resetOptions(): void {
  draft.value = { ...BLANK, prompt: draft.value.prompt };
}

export function isForming(painting: Painting): boolean {
  return !painting.job || painting.job.state === "queued" || painting.job.state === "running";
}

export async function loadModels(): Promise<void> {
  if (models.value.length > 0) return;
  try {
    models.value = (await kanvas.models()).models;
  } catch {
    // Painting works with the model's defaults; the choices appear when they can be fetched.
  }
}

/** Puts the easel out of the way; the picture goes on forming. */
export function makeSmall(): void {
  easelOpen.value = false;
  sheetOpen.value = false;
}

/** The request that a draft stands for. */
export function requestOf(chosen: Draft): JobRequest {
  const { prompt, negative, model, size, style, steps, seed, guidance } = chosen;
  const [width, height] = size.split("x").map(Number);
  return {
    prompt: prompt.trim(),
    ...(negative.trim() && { negative_prompt: negative.trim() }),
    ...(model && { model }),
    ...(width && height && { width, height }),
    ...(style && { style }),
    ...(steps && { steps: Number(steps) }),
    ...(seed && { seed: Number(seed) }),
    ...(guidance && { guidance: Number(guidance) }),
  };
}

/**
 * Hands the draft in. The prompt box is empty at once for the next idea, so that a second press of
 * the same button finds nothing to hand in; what is refused comes back, before what was typed since.
 */
export async function paint(): Promise<void> {
  const request = requestOf(draft.value);
  if (!request.prompt) return;
  optionsOpen.value = false;
  refusal.value = undefined;
  const { prompt } = draft.value;
  editDraft({ prompt: "" });
  try {
    await submit(request);
  } catch (failure) {
    editDraft({ prompt: [prompt, draft.value.prompt].filter(Boolean).join(" ") });
    refuse(failure);
  }
}

/** Tells what is wrong with a draft beside its fields; anything else in a toast. */
function refuse(failure: unknown): void {
  if (Object.keys(fieldSentences(failure)).length > 0) {
    refusal.value = failure;
    optionsOpen.value = true;
  } else {
    toastFailure(failure);
  }
}

/** The same words with a new seed. */
export async function paintAgain(painting: Painting): Promise<void> {
  const { seed: _, ...request } = painting.request;
  try {
    await submit(request);
  } catch (failure) {
    toastFailure(failure);
  }
}

/** Puts a painting's words and choices back into the prompt box. */
export function editWords(painting: Painting): void {
  const { prompt, negative_prompt, model, width, height, style, steps, guidance } =
    painting.request;
  draft.value = {
    ...BLANK,
    prompt,
    negative: negative_prompt ?? "",
    model: model ?? "",
    size: width && height ? `${width}x${height}` : "",
    style: style ?? "",
    steps: steps ? String(steps) : "",
    guidance: guidance ? String(guidance) : "",
  };
}

async function submit(request: JobRequest): Promise<void> {
  const id = uuid7();
  const painting: Painting = { id, request, queuePosition: 0, step: 0, of: 0, attempt: 0 };
  const before = currentId.value;
  paintings.value = [...paintings.value, painting].slice(-KEPT_PAINTINGS);
  currentId.value = id;
  easelOpen.value = true;
  publishing.value = false;
  try {
    const { job, queue_position } = await kanvas.submitJob({ ...request, id });
    change(id, { job, queuePosition: queue_position });
    watch(id);
  } catch (failure) {
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

/** Takes a painting off the easel; one that still forms is canceled. */
export function putAway(painting: Painting): void {
  if (isForming(painting) && painting.job) void cancel(painting);
  paintings.value = paintings.value.filter(({ id }) => id !== painting.id);
  currentId.value = paintings.value.at(-1)?.id;
  publishing.value = false;
  if (!currentId.value) makeSmall();
}

/**
 * Publishes a finished painting.
 *
 * @throws Problem with violations by field, Unreachable.
 */
export async function publish(
  painting: Painting,
  form: Omit<PostRequest, "id" | "job_id">,
): Promise<Post> {
  const { post } = await kanvas.createPost({ ...form, id: painting.id, job_id: painting.id });
  change(painting.id, { postId: post.id });
  putOwnPost(post);
  return post;
}

/** Somebody else sits down: the studio is cleared. */
export function clearStudio(): void {
  for (const id of [...following.keys()]) unwatch(id);
  paintings.value = [];
  currentId.value = undefined;
  makeSmall();
  publishing.value = false;
}

/** A reload must not lose the picture that was forming. */
export function keepStudio(): void {
  effect(() => {
    const painting = current.value;
    if (!account.value) return;
    const isWorthKeeping = painting?.job && !painting.postId;
    keep("sessionStorage", KEPT_JOB, isWorthKeeping ? painting.id : undefined);
  });
}

export async function restoreStudio(): Promise<void> {
  const id = recall("sessionStorage", KEPT_JOB);
  if (!id || !account.value) return;
  try {
    const { job, queue_position } = await kanvas.job(id);
    const { prompt, negative_prompt, model, width, height, steps, style, guidance } = job;
    const request = { prompt, negative_prompt, model, width, height, steps, style, guidance };
    const progress = { step: 0, of: job.steps, attempt: job.attempt };
    paintings.value = [{ id, request, job, queuePosition: queue_position ?? 0, ...progress }];
    currentId.value = id;
    if (job.state === "queued" || job.state === "running") watch(id);
  } catch {
    // It is gone, or somebody else's: nothing to restore.
    keep("sessionStorage", KEPT_JOB, undefined);
  }
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
