import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Problem } from "../api/failure";
import * as kanvas from "../api/kanvas";
import type { Account, CurrentSession, Job, Post, QueuedJob, Reason } from "../api/types";
import type { StreamEvent } from "../stream/protocol";
import type { Listener } from "../stream/subscription";
import { job } from "../testing/job";
import { stream } from "./connection";
import { draft, editDraft, forgetDraft, optionsOpen } from "./prompt";
import { account, signIn, signOut } from "./session";
import {
  cancel,
  clearStudio,
  current,
  currentId,
  easelOpen,
  forget,
  loadOlder,
  olderFrom,
  type Painting,
  paint,
  paintAgain,
  paintings,
  publish,
  publishing,
  putAway,
  refusal,
  restoreStudio,
  shelfFailure,
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
let listener: Listener | undefined;
const close = vi.fn();
const FORM = {
  caption: "",
  alt_text: "A fox.",
  visibility: "public",
  uses: { train: false, embed: false, recommend: false },
} as const;

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
    return { position: undefined, restart: vi.fn(), close };
  });
  vi.mocked(kanvas.submitJob).mockReset();
  vi.mocked(kanvas.submitJob).mockResolvedValue({ job: job(), queue_position: 2 });
});

afterEach(() => {
  clearStudio();
  vi.useRealTimers();
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

describe("the account's unpublished work", () => {
  const me = { id: "ana" } as Account;
  const finished = (id: string) => job({ id, state: "succeeded" });

  beforeEach(() => {
    account.value = me;
  });

  afterEach(() => {
    account.value = null;
  });

  it("comes back: finished pictures, and those that form, which are followed", async () => {
    const items = [job({ id: "3" }), finished("2"), finished("1")];
    vi.mocked(kanvas.unpublishedJobs).mockResolvedValue({ items, next_cursor: null });
    await restoreStudio();
    expect(paintings.value.map(({ id }) => id)).toEqual(["1", "2", "3"]);
    expect(current.value?.id).toBe("3");
    expect(current.value?.request.prompt).toBe("a fox");
    tell("job.ended", { job: finished("3") });
    expect(current.value?.job?.state).toBe("succeeded");
  });

  it("leaves what stands on the easel where it is", async () => {
    const { id } = await painting();
    const items = [job({ id }), finished("1")];
    vi.mocked(kanvas.unpublishedJobs).mockResolvedValue({ items, next_cursor: null });
    await restoreStudio();
    expect(paintings.value.map((one) => one.id)).toEqual(["1", id]);
    expect(current.value?.id).toBe(id);
  });

  it("comes in pages", async () => {
    const newest = { items: [finished("2")], next_cursor: "older" };
    vi.mocked(kanvas.unpublishedJobs).mockResolvedValueOnce(newest);
    await restoreStudio();
    const oldest = { items: [finished("1")], next_cursor: null };
    vi.mocked(kanvas.unpublishedJobs).mockResolvedValueOnce(oldest);
    await loadOlder();
    expect(vi.mocked(kanvas.unpublishedJobs).mock.lastCall).toEqual([{ cursor: "older" }]);
    expect(paintings.value.map(({ id }) => id)).toEqual(["1", "2"]);
    expect(olderFrom.value).toBeUndefined();
  });

  it("says why it is not there, until it has come", async () => {
    const down = new Error("down");
    vi.mocked(kanvas.unpublishedJobs).mockRejectedValueOnce(down);
    await restoreStudio();
    expect(shelfFailure.value).toBe(down);
    const items = [finished("1")];
    vi.mocked(kanvas.unpublishedJobs).mockResolvedValue({ items, next_cursor: null });
    await restoreStudio();
    expect(shelfFailure.value).toBeUndefined();
    expect(current.value?.id).toBe("1");
  });

  it("is not said to fail to who signed in while it was fetched", async () => {
    vi.mocked(kanvas.unpublishedJobs).mockImplementation(async () => {
      account.value = { id: "ben" } as Account;
      throw new Error("down");
    });
    await restoreStudio();
    expect(shelfFailure.value).toBeUndefined();
  });

  it("is not for the eyes of who signed in while it was fetched", async () => {
    vi.mocked(kanvas.unpublishedJobs).mockImplementation(async () => {
      account.value = { id: "ben" } as Account;
      return { items: [finished("1")], next_cursor: null };
    });
    await restoreStudio();
    expect(paintings.value).toEqual([]);
  });

  it("is deleted where its painter wants that, and stays where it could not be", async () => {
    const items = [finished("2"), finished("1")];
    vi.mocked(kanvas.unpublishedJobs).mockResolvedValue({ items, next_cursor: null });
    await restoreStudio();
    vi.mocked(kanvas.deletePicture).mockRejectedValueOnce(new Error("down"));
    await forget(current.value as Painting);
    expect(current.value?.id).toBe("2");
    vi.mocked(kanvas.deletePicture).mockResolvedValue();
    await forget(current.value as Painting);
    expect(vi.mocked(kanvas.deletePicture).mock.lastCall).toEqual(["2"]);
    expect(paintings.value.map(({ id }) => id)).toEqual(["1"]);
  });

  it("leaves the easel where another tab or device has deleted it, or published it", async () => {
    const items = [finished("2"), finished("1")];
    vi.mocked(kanvas.unpublishedJobs).mockResolvedValue({ items, next_cursor: null });
    await restoreStudio();
    const refused = (status: number, reason: Reason) =>
      new Problem({ type: "", title: "", status, reason });
    vi.mocked(kanvas.deletePicture).mockRejectedValueOnce(refused(404, "JOB_UNKNOWN"));
    await forget(current.value as Painting);
    expect(paintings.value.map(({ id }) => id)).toEqual(["1"]);
    vi.mocked(kanvas.createPost).mockRejectedValueOnce(refused(409, "POST_EXISTS"));
    await expect(publish(current.value as Painting, FORM)).rejects.toThrow();
    expect(paintings.value).toEqual([]);
  });

  describe("where no picture came", () => {
    const failed = job({
      id: "2",
      state: "failed",
      failure: { reason: "MODEL_REJECTED", message: "No." },
    });

    beforeEach(async () => {
      vi.mocked(kanvas.deletePicture).mockReset();
      const items = [failed, finished("1")];
      vi.mocked(kanvas.unpublishedJobs).mockResolvedValue({ items, next_cursor: null });
      await restoreStudio();
    });

    it("says so to whoever was away, and is forgotten on all devices as it is put away", async () => {
      expect(current.value?.job?.failure?.reason).toBe("MODEL_REJECTED");
      await putAway(current.value as Painting);
      expect(vi.mocked(kanvas.deletePicture).mock.calls).toEqual([["2"]]);
      expect(paintings.value.map(({ id }) => id)).toEqual(["1"]);
      expect(current.value?.id).toBe("1");
    });

    it("stays where it could not be put away", async () => {
      vi.mocked(kanvas.deletePicture).mockRejectedValue(new Error("down"));
      await putAway(current.value as Painting);
      expect(current.value?.id).toBe("2");
    });

    it("makes way for the next try, once that is accepted", async () => {
      vi.mocked(kanvas.submitJob).mockRejectedValueOnce(new Error("down"));
      await paintAgain(current.value as Painting);
      expect(kanvas.deletePicture).not.toHaveBeenCalled();
      expect(current.value?.id).toBe("2");
      await paintAgain(current.value as Painting);
      expect(vi.mocked(kanvas.submitJob).mock.lastCall?.[0].prompt).toBe("a fox");
      expect(vi.mocked(kanvas.deletePicture).mock.calls).toEqual([["2"]]);
      expect(paintings.value.map(({ job }) => job?.state)).toEqual(["succeeded", "queued"]);
      expect(current.value?.job?.state).toBe("queued");
    });

    it("leaves on the easel what somebody has turned to meanwhile", async () => {
      const [first, second] = paintings.value as [Painting, Painting];
      vi.mocked(kanvas.deletePicture).mockImplementation(async () => {
        currentId.value = first.id;
        publishing.value = true;
      });
      await putAway(second);
      expect(current.value?.id).toBe("1");
      expect(publishing.value).toBe(true);
    });
  });
});

/** An answer that comes when the test says so. */
function later<T>() {
  let resolve: (answer: T) => void = () => undefined;
  let reject: (failure: unknown) => void = () => undefined;
  const promise = new Promise<T>((resolved, rejected) => {
    resolve = resolved;
    reject = rejected;
  });
  return { promise, resolve, reject };
}

describe("what somebody asked for who has left since", () => {
  beforeEach(async () => {
    vi.mocked(kanvas.currentSession).mockResolvedValue({
      account: { id: "ana" },
    } as CurrentSession);
    await signIn("ana", "secret");
  });

  async function leave(): Promise<void> {
    await signOut();
    clearStudio();
    forgetDraft();
  }

  it("is not on the easel of who is here", async () => {
    const queued = later<QueuedJob>();
    vi.mocked(kanvas.submitJob).mockReturnValue(queued.promise);
    editDraft({ ...BLANK, prompt: "a fox" });
    const asked = paint();
    await leave();
    queued.resolve({ job: job(), queue_position: 0 });
    await asked;
    expect(paintings.value).toEqual([]);
    expect(stream.follow).not.toHaveBeenCalled();
  });

  it("leaves no words to who is here where it is refused", async () => {
    const queued = later<QueuedJob>();
    vi.mocked(kanvas.submitJob).mockReturnValue(queued.promise);
    editDraft({ ...BLANK, prompt: "a fox" });
    const asked = paint();
    await leave();
    queued.reject(new Error("down"));
    await asked;
    expect(draft.value.prompt).toBe("");
  });

  it("is put on no wall of who is here", async () => {
    const published = later<{ post: Post; position: string }>();
    vi.mocked(kanvas.createPost).mockReturnValue(published.promise);
    const asked = publish(await painting(), FORM);
    await leave();
    published.resolve({ post: { id: "1" } as Post, position: "9" });
    expect(await asked).toBeUndefined();
  });
});
