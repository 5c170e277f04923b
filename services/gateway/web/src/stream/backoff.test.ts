import { expect, it } from "vitest";
import { reconnectPause } from "./backoff";

it("doubles from half a second to half a minute", () => {
  const longest = [0, 1, 2, 6, 50].map((attempt) => reconnectPause(attempt, () => 1));
  expect(longest).toEqual([500, 1_000, 2_000, 30_000, 30_000]);
});

it("is spread over the upper half", () => {
  expect(reconnectPause(2, () => 0)).toBe(1_000);
  expect(reconnectPause(2, () => 0.5)).toBe(1_500);
});
