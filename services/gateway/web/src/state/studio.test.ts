import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Problem } from "../api/failure";
import * as kanvas from "../api/kanvas";
import type { Job } from "../api/types";
import type { StreamEvent } from "../stream/protocol";
import type { Listener } from "../stream/subscription";
import { stream } from "./connection";
import {
  cancel,
  chooseModel,
  chosenModel,
  clearStudio,
  current,
  draft,
  easelOpen,
  editDraft,
  editWords,
  models,
  optionsOpen,
  type Painting,
  paint,
  paintAgain,
  paintings,
  refusal,
  requestOf,
} from "./studio";

vi.mock("../api/kanvas");

const BLANK = {
  prompt: "",
  negative: "",
  model: "",
  size: "",
  style: "",
  steps: "",
  seed: "",
  guidance: "",
};
const COLLAGE = {
  name: "collage",
  version: "1",
  statement: "Arranges.",
  generative: false,
  styles: ["3d", "ink"],
  sizes: ["512x512", "768x512"],
  default_steps: 8,
  default_guidance: 0,
};
const EASEL = {
  ...COLLAGE,
  name: "easel",
  generative: true,
  styles: ["3d"],
  sizes: ["512x512"],
  default_guidance: 1.25,
};

let listener: Listener | undefined;
const close = vi.fn();

function job(changes: Partial<Job> = {}): Job {
  return {
    id: "1",
    prompt: "a fox",
    negative_prompt: "",
    model: "m",
    width: 512,
    height: 512,
    steps: 12,
    seed: 7,
    style: "",
    guidance: 0,
    state: "queued",
    attempt: 0,
    picture: null,
    failure: null,
    ended_at: null,
    created_at: "",
    compute_seconds: 0,
    ...changes,
  };
}

function tell(event: string, data: object): void {
  listener?.onEvent({ type: "event", stream: "job:1", event, data } as unknown as StreamEvent);
}

const progress = (step: number, attempt = 1, state = "running") =>
  tell("job.progress", { state, queue_position: 0, step, of: 12, attempt });

async function painting(): Promise<Painting> {
  editDraft({ ...BLANK, prompt: "a fox" });
  await paint();
  return current.value as Painting;
}

beforeEach(() => {
  vi.useFakeTimers();
  close.mockReset();
  vi.spyOn(stream, "follow").mockImplementation((_, __, given) => {
    listener = given;
    return { restart: vi.fn(), close };
  });
  vi.mocked(kanvas.submitJob).mockReset();
  vi.mocked(kanvas.submitJob).mockResolvedValue({ job: job(), queue_position: 2 });
});

afterEach(() => {
  clearStudio();
  vi.useRealTimers();
});

describe("the request", () => {
  it("leaves to the model what nobody chose", () => {
    expect(requestOf({ ...BLANK, prompt: "  a fox " })).toEqual({ prompt: "a fox" });
  });

  it("says all that was chosen", () => {
    const chosen = { prompt: "a fox", negative: "snow", size: "768x512", style: "3d", steps: "8" };
    const rest = { model: "easel", seed: "0", guidance: "2.5" };
    expect(requestOf({ ...chosen, ...rest })).toEqual({
      prompt: "a fox",
      negative_prompt: "snow",
      model: "easel",
      width: 768,
      height: 512,
      style: "3d",
      steps: 8,
      seed: 0,
      guidance: 2.5,
    });
  });
});

describe("the choice of who paints", () => {
  beforeEach(() => {
    models.value = [COLLAGE, EASEL];
    draft.value = BLANK;
  });

  it("is the default model until somebody chooses", () => {
    expect(chosenModel.value?.name).toBe("collage");
    chooseModel("easel");
    expect(chosenModel.value?.name).toBe("easel");
    expect(requestOf({ ...draft.value, prompt: "a fox" })).toEqual({
      prompt: "a fox",
      model: "easel",
    });
  });

  it("takes back what the chosen model does not offer, and keeps the rest", () => {
    editDraft({ size: "768x512", style: "ink", steps: "4" });
    chooseModel("easel");
    expect(draft.value).toMatchObject({ model: "easel", size: "", style: "", steps: "4" });
    editDraft({ size: "512x512", style: "3d", guidance: "3" });
    chooseModel("collage");
    expect(draft.value).toMatchObject({ size: "512x512", style: "3d", guidance: "" });
  });

  it("comes back with the words of a painting", () => {
    const request = { prompt: "a fox", model: "easel", guidance: 3 };
    editWords({ id: "1", request, queuePosition: 0, step: 0, of: 0, attempt: 0 });
    expect(draft.value).toEqual({ ...BLANK, prompt: "a fox", model: "easel", guidance: "3" });
  });
});

describe("a painting", () => {
  it("waits in the queue, forms and ends", async () => {
    await painting();
    expect(current.value).toMatchObject({ queuePosition: 2, job: { state: "queued" } });
    progress(3);
    expect(current.value).toMatchObject({ step: 3, of: 12, job: { state: "running" } });
    tell("job.preview", { step: 4, of: 12, attempt: 1, media_type: "image/webp", base64: "AA" });
    expect(current.value?.preview).toEqual({ step: 4, url: "data:image/webp;base64,AA" });
    tell("job.ended", { job: job({ state: "succeeded" }) });
    expect(current.value?.job?.state).toBe("succeeded");
    expect(close).toHaveBeenCalledOnce();
  });

  it("never turns back on an update that comes late", async () => {
    await painting();
    progress(5);
    progress(4);
    expect(current.value?.step).toBe(5);
    tell("job.ended", { job: job({ state: "succeeded" }) });
    progress(6);
    expect(current.value?.job?.state).toBe("succeeded");
  });

  it("begins again with another attempt", async () => {
    await painting();
    progress(9);
    progress(1, 2);
    expect(current.value).toMatchObject({ step: 1, attempt: 2 });
    progress(10, 1);
    expect(current.value).toMatchObject({ step: 1, attempt: 2 });
  });

  it("shows no preview that is not an image", async () => {
    await painting();
    tell("job.preview", { step: 1, of: 2, attempt: 1, media_type: "text/html", base64: "AA" });
    expect(current.value?.preview).toBeUndefined();
  });

  it("is asked about where the stream is silent", async () => {
    await painting();
    vi.mocked(kanvas.job).mockResolvedValue({
      job: job({ state: "succeeded" }),
      queue_position: 0,
    });
    await vi.advanceTimersByTimeAsync(6_000);
    expect(current.value?.job?.state).toBe("succeeded");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(kanvas.job).toHaveBeenCalledOnce();
  });

  it("is canceled as the gateway says it ended", async () => {
    const begun = await painting();
    vi.mocked(kanvas.cancelJob).mockResolvedValue({ job: job({ state: "canceled" }) });
    await cancel(begun);
    expect(current.value?.job?.state).toBe("canceled");
  });

  it("is painted again with another seed", async () => {
    editDraft({ ...BLANK, prompt: "a fox", seed: "7" });
    await paint();
    await paintAgain(current.value as Painting);
    expect(vi.mocked(kanvas.submitJob).mock.lastCall?.[0]).not.toHaveProperty("seed");
    expect(paintings.value).toHaveLength(2);
  });
});

it("keeps the words when they could not be handed in", async () => {
  vi.mocked(kanvas.submitJob).mockRejectedValue(new Error("down"));
  await painting();
  expect(draft.value.prompt).toBe("a fox");
  expect(paintings.value).toEqual([]);
  expect(easelOpen.value).toBe(false);
});

it("makes one picture of one press, and leaves what is typed meanwhile", async () => {
  let accept: (queued: { job: Job; queue_position: number }) => void = () => undefined;
  vi.mocked(kanvas.submitJob).mockReturnValue(
    new Promise((resolve) => {
      accept = resolve;
    }),
  );
  editDraft({ ...BLANK, prompt: "a fox" });
  const first = paint();
  await paint();
  editDraft({ prompt: "an owl" });
  accept({ job: job(), queue_position: 0 });
  await first;
  expect(vi.mocked(kanvas.submitJob).mock.calls).toHaveLength(1);
  expect(draft.value.prompt).toBe("an owl");
});

it("gives the words of a refused picture back, before what was typed since", async () => {
  vi.mocked(kanvas.submitJob).mockRejectedValue(new Error("down"));
  editDraft({ ...BLANK, prompt: "a fox" });
  const painting = paint();
  editDraft({ prompt: "at night" });
  await painting;
  expect(draft.value.prompt).toBe("a fox at night");
});

it("opens the options where one of them was refused", async () => {
  const violations = [{ field: "spec.steps", message: "1 to 50." }];
  const refused = new Problem({ type: "", title: "", status: 422, violations });
  vi.mocked(kanvas.submitJob).mockRejectedValue(refused);
  await painting();
  expect(optionsOpen.value).toBe(true);
  expect(refusal.value).toBe(refused);
  vi.mocked(kanvas.submitJob).mockResolvedValue({ job: job(), queue_position: 0 });
  await painting();
  expect(refusal.value).toBeUndefined();
});
