import { expect, it } from "vitest";
import { altDraft } from "./alt-draft";

it.each([
  ["a red fox in the snow", "A red fox in the snow."],
  ["  two   lines\nof words ", "Two lines of words."],
  ["Is it raining?", "Is it raining?"],
  ["   ", ""],
])("%j becomes %j", (prompt, draft) => {
  expect(altDraft(prompt)).toBe(draft);
});
