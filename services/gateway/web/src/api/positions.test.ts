import { expect, it } from "vitest";
import { isBefore } from "./positions";

it.each([
  ["9", "10"],
  ["1099511627776", "1099511627777"],
  ["9007199254740993", "9007199254740994"],
])("%s lies before %s", (one, other) => {
  expect(isBefore(one, other)).toBe(true);
  expect(isBefore(other, one)).toBe(false);
  expect(isBefore(one, one)).toBe(false);
});
