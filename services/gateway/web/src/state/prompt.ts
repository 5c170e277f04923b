import { computed, signal } from "@preact/signals";
import * as kanvas from "../api/kanvas";
import type { JobRequest, Model } from "../api/types";
import { forgetDrafts, keepDraft, recallDraft, turnToDraftsOf } from "./drafts";

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
/** Under which the draft is kept on this device. */
const DRAFT = "prompt";
const SET_ASIDE = "prompt-before";
const HANDED_OVER = "prompt-handed-over";

export const draft = signal<Draft>(BLANK);
/** What stood in the box before other words were put there; one step brings it back. */
export const setAside = signal<Draft | undefined>(undefined);
/** Whether somebody asked for the draft to be painted who has to sign in first. */
export const handedIn = signal(false);
export const models = signal<readonly Model[]>([]);
/** The one that the draft names, or the default one; absent until the models are known. */
export const chosenModel = computed(
  () => models.value.find(({ name }) => name === draft.value.model) ?? models.value[0],
);
/** Whether size, style and the rest are laid out. */
export const optionsOpen = signal(false);

let owner: string | undefined;

/**
 * Lays out what somebody has begun on this device, when they sit down. What a visitor has typed
 * goes with them as they sign in.
 *
 * @param accountId Who sits down; undefined for a visitor.
 */
export function layOutDraft(accountId: string | undefined): void {
  const typed = owner === undefined && accountId !== undefined ? draft.value : BLANK;
  if (typed.prompt.trim()) forgetDrafts();
  if (owner !== undefined && owner !== accountId) handedIn.value = false;
  owner = accountId;
  turnToDraftsOf(accountId);
  draft.value = asDraft(recallDraft(DRAFT));
  const before = asDraft(recallDraft(SET_ASIDE));
  setAside.value = before.prompt ? before : undefined;
  // A page that went away before the answer came does not know whether these were taken.
  const unanswered = asDraft(recallDraft(HANDED_OVER));
  keepDraft(HANDED_OVER, undefined);
  if (unanswered.prompt) putAside(unanswered);
  if (typed.prompt.trim()) replaceDraft(typed);
}

/** Somebody signs out: what they have begun is on this device no more. */
export function forgetDraft(): void {
  forgetDrafts();
  owner = undefined;
  turnToDraftsOf(undefined);
  draft.value = BLANK;
  setAside.value = undefined;
  handedIn.value = false;
}

export function editDraft(changes: Partial<Draft>): void {
  draft.value = { ...draft.value, ...changes };
  keepDraft(DRAFT, draft.value);
}

/**
 * Takes the words out of the box, to hand them in. They are kept on this device meanwhile.
 *
 * @returns To be called once it is known what has become of them.
 */
export function handOver(): () => void {
  const { prompt } = draft.value;
  keepDraft(HANDED_OVER, draft.value);
  editDraft({ prompt: "" });
  return () => {
    // Others may have been handed over since.
    if (recallDraft(HANDED_OVER).prompt === prompt) keepDraft(HANDED_OVER, undefined);
  };
}

/** Puts something else into the box. Words that stood there are set aside. */
export function replaceDraft(next: Draft): void {
  const before = draft.value;
  if (before.prompt.trim() && before.prompt !== next.prompt) putAside(before);
  editDraft(next);
}

/** Puts the words of a picture into the box, and leaves what is chosen beside them. */
export function replaceWords(prompt: string): void {
  replaceDraft({ ...draft.value, prompt });
}

/** Brings back what was set aside; what stands in the box takes its place. */
export function bringBack(): void {
  const before = setAside.value;
  if (!before) return;
  putAside(undefined);
  replaceDraft(before);
}

/** Does without what was set aside. */
export function dropSetAside(): void {
  putAside(undefined);
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
  editDraft({ ...BLANK, prompt: draft.value.prompt });
}

export async function loadModels(): Promise<void> {
  if (models.value.length > 0) return;
  try {
    models.value = (await kanvas.models()).models;
  } catch {
    // Painting works with the model's defaults; the choices appear when they can be fetched.
  }
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

/** The draft that leads to a request, but for its seed. */
export function draftOf(request: JobRequest): Draft {
  const { prompt, negative_prompt, model, width, height, style, steps, guidance } = request;
  return {
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

function putAside(before: Draft | undefined): void {
  setAside.value = before;
  keepDraft(SET_ASIDE, before);
}

/** A draft from what was kept, by whichever version of the page. */
function asDraft(kept: Record<string, unknown>): Draft {
  const known = Object.keys(BLANK) as (keyof Draft)[];
  const texts = known.map((name) => [name, kept[name]]).filter(([, it]) => typeof it === "string");
  return { ...BLANK, ...Object.fromEntries(texts) };
}
