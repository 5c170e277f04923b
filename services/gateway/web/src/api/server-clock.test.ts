import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { noteServerDate, serverNow } from "./server-clock";

const NOON = Date.UTC(2026, 10, 28, 12);

beforeEach(() => {
  vi.useFakeTimers({ now: NOON });
});

afterEach(() => {
  noteServerDate(new Date(Date.now()).toUTCString());
  vi.useRealTimers();
});

it.each([
  ["days behind", -2 * 86_400_000],
  ["two minutes ahead", 120_000],
])("knows the gateway's time on a machine that is %s", (_, off) => {
  vi.setSystemTime(NOON + off);
  noteServerDate("Sat, 28 Nov 2026 12:00:00 GMT");
  vi.setSystemTime(NOON + off + 5_000);
  expect(serverNow()).toBe(NOON + 5_000);
});

it("takes the machine's own time where the two differ by the way of an answer only", () => {
  vi.setSystemTime(NOON + 900);
  noteServerDate("Sat, 28 Nov 2026 12:00:00 GMT");
  expect(serverNow()).toBe(NOON + 900);
});

it("keeps what it knows when an answer has no date", () => {
  vi.setSystemTime(NOON + 60_000);
  noteServerDate("Sat, 28 Nov 2026 12:00:00 GMT");
  noteServerDate(null);
  noteServerDate("yesterday");
  expect(serverNow()).toBe(NOON);
});
