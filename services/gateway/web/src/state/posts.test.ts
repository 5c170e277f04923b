import { beforeEach, expect, it, vi } from "vitest";
import * as kanvas from "../api/kanvas";
import type { Post } from "../api/types";
import { forgetEverything, learn, postSignal, toggleLike } from "./posts";
import { toasts } from "./toasts";

vi.mock("../api/kanvas");

const post = () => postSignal("1").value;

beforeEach(() => {
  forgetEverything();
  toasts.value = [];
  learn({ id: "1", liked: false, like_count: 4 } as Post);
});

it("likes before the server answers, then shows its count", async () => {
  let answer: (result: { like_count: number }) => void = () => undefined;
  vi.mocked(kanvas.setLike).mockReturnValue(
    new Promise((resolve) => {
      answer = resolve;
    }),
  );
  const liking = toggleLike("1");
  expect(post()).toMatchObject({ liked: true, like_count: 5 });
  answer({ like_count: 7 });
  await liking;
  expect(post()).toMatchObject({ liked: true, like_count: 7 });
});

it("takes a like back, with a word, when it was refused", async () => {
  vi.mocked(kanvas.setLike).mockRejectedValue(new Error("down"));
  await toggleLike("1");
  expect(post()).toMatchObject({ liked: false, like_count: 4 });
  expect(toasts.value).toMatchObject([{ tone: "failure" }]);
});
