import { beforeEach, expect, it, vi } from "vitest";
import * as kanvas from "../api/kanvas";
import type { Post } from "../api/types";
import { forgetEverything, learn, postSignal, toggleLike } from "./posts";
import { toasts } from "./toasts";

vi.mock("../api/kanvas");

const post = () => postSignal("1").value;

beforeEach(() => {
  vi.mocked(kanvas.setLike).mockReset();
  forgetEverything();
  toasts.value = [];
  const author = { id: "2", handle: "ada", display_name: "Ada", version: 1 };
  learn({ id: "1", author, liked: false, like_count: 4 } as Post);
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

it("ends as the last press said, whatever the network does", async () => {
  const answers: ((result: { like_count: number }) => void)[] = [];
  vi.mocked(kanvas.setLike).mockImplementation(
    () => new Promise((resolve) => answers.push(resolve)),
  );
  const liking = toggleLike("1");
  await toggleLike("1");
  expect(post()).toMatchObject({ liked: false, like_count: 4 });
  answers[0]?.({ like_count: 5 });
  await expect.poll(() => answers).toHaveLength(2);
  answers[1]?.({ like_count: 4 });
  await liking;
  expect(vi.mocked(kanvas.setLike).mock.calls).toEqual([
    ["1", true],
    ["1", false],
  ]);
  expect(post()).toMatchObject({ liked: false, like_count: 4 });
});

it("takes a like back, with a word, when it was refused", async () => {
  vi.mocked(kanvas.setLike).mockRejectedValue(new Error("down"));
  await toggleLike("1");
  expect(post()).toMatchObject({ liked: false, like_count: 4 });
  expect(toasts.value).toMatchObject([{ tone: "failure" }]);
});
