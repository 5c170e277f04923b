import { expect, it } from "vitest";
import { uuid7 } from "./uuid7";

it("carries its time, version and variant", () => {
  const time = Date.parse("2026-11-22T18:00:00Z");
  const id = uuid7(time);
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(Number.parseInt(id.replace("-", "").slice(0, 12), 16)).toBe(time);
});

it("is new each time", () => {
  expect(new Set(Array.from({ length: 100 }, () => uuid7())).size).toBe(100);
});
