import { afterEach, beforeEach, expect, it, vi } from "vitest";

const kept = new Map<string, string>();

/** The module as a page has it that was just opened. */
async function open() {
  vi.resetModules();
  return import("./written");
}

beforeEach(() => {
  kept.clear();
  vi.stubGlobal("sessionStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

it("knows after a reload what was written before", async () => {
  const before = await open();
  before.noteWritten("graph", "12");
  before.noteWritten("graph", "15");
  const after = await open();
  expect(after.lastWritten("graph")).toBe("15");
  expect(after.lastWritten("feed")).toBeUndefined();
});

it("forgets with the session", async () => {
  const page = await open();
  page.noteWritten("feed", "3");
  page.forgetWritten();
  expect(page.lastWritten("feed")).toBeUndefined();
  expect((await open()).lastWritten("feed")).toBeUndefined();
});

it("remembers until the page is left where storage is refused", async () => {
  vi.stubGlobal("sessionStorage", undefined);
  const page = await open();
  page.noteWritten("feed", "3");
  expect(page.lastWritten("feed")).toBe("3");
  page.forgetWritten();
  expect(page.lastWritten("feed")).toBeUndefined();
});
