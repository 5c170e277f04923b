// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { forgetDrafts, forgetOldDrafts, keepDraft, recallDraft, turnToDraftsOf } from "./drafts";

const DAY_MS = 24 * 3_600_000;

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  turnToDraftsOf(undefined);
});

it("keeps a text for 30 days from the last touch, whoever's it is", () => {
  turnToDraftsOf("ana");
  keepDraft("prompt", { prompt: "a fox" });
  vi.advanceTimersByTime(20 * DAY_MS);
  turnToDraftsOf("ben");
  keepDraft("prompt", { prompt: "an owl" });
  vi.advanceTimersByTime(11 * DAY_MS);
  forgetOldDrafts();
  expect(recallDraft("prompt")).toEqual({ prompt: "an owl" });
  turnToDraftsOf("ana");
  expect(recallDraft("prompt")).toEqual({});
});

it("gives each tab its own text again, and a new tab what was kept last", () => {
  turnToDraftsOf("ana");
  keepDraft("prompt", { prompt: "a fox" });
  const inAnotherTab = JSON.stringify({ at: Date.now(), value: { prompt: "an owl" } });
  localStorage.setItem("kanvas.draft.ana.prompt", inAnotherTab);
  expect(recallDraft("prompt")).toEqual({ prompt: "a fox" });
  sessionStorage.clear();
  expect(recallDraft("prompt")).toEqual({ prompt: "an owl" });
});

it("forgets the texts of who leaves, in the tab and on the device", () => {
  turnToDraftsOf("ana");
  keepDraft("prompt", { prompt: "a fox" });
  forgetDrafts();
  expect([...Object.keys(localStorage), ...Object.keys(sessionStorage)]).toEqual([]);
});

it("leaves alone what is no draft", () => {
  localStorage.setItem("kanvas.theme", "dark");
  localStorage.setItem("kanvas.draft.ana.prompt", "{");
  forgetOldDrafts();
  expect(Object.keys(localStorage)).toEqual(["kanvas.theme"]);
});
