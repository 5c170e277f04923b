// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import * as kanvas from "../api/kanvas";
import type { Account, Job } from "../api/types";
import { language } from "../state/preferences";
import { account } from "../state/session";
import { clearStudio, restoreStudio } from "../state/studio";
import { job } from "../testing/job";
import { Easel } from "./easel";

vi.mock("../api/kanvas");

let root: HTMLElement;

function failed(id: string, reason: string): Job {
  return job({
    id,
    prompt: `a fox, ${id}`,
    state: "failed",
    attempt: 1,
    failure: { reason, message: "In the words of the service." },
    ended_at: "2026-01-01T00:00:00.000Z",
    created_at: "2026-01-01T00:00:00.000Z",
    kept_until: "2026-01-31T00:00:00.000Z",
  });
}

async function lay(...items: Job[]): Promise<void> {
  vi.mocked(kanvas.unpublishedJobs).mockResolvedValue({ items, next_cursor: null });
  await restoreStudio();
  await act(() => render(<Easel />, root));
}

const button = (name: string) =>
  [...root.querySelectorAll("button")].find(
    (one) => (one.getAttribute("aria-label") ?? one.textContent) === name,
  );

beforeEach(() => {
  account.value = { id: "ana" } as Account;
  root = document.body.appendChild(document.createElement("div"));
});

afterEach(() => {
  render(null, root);
  clearStudio();
  account.value = null;
  language.value = "en";
});

it.each([
  ["MODEL_REJECTED", "The painter cannot paint this.", "Pelukis tidak dapat melukis ini."],
  ["ATTEMPTS_EXHAUSTED", "The painter broke down", "Pelukis gagal lebih dari sekali."],
  ["OF_A_NEWER_SERVICE", "This could not be painted.", "Ini tidak dapat dilukis."],
])("says why no picture came: %s", async (reason, english, indonesian) => {
  await lay(failed("1", reason));
  const status = () => root.querySelector("[role=status]")?.textContent;
  expect(status()).toContain(english);
  await act(() => {
    language.value = "id";
  });
  expect(status()).toContain(indonesian);
});

it("lists what failed on the shelf, to be tried again or put away", async () => {
  await lay(failed("2", "MODEL_REJECTED"), failed("1", "MODEL_REJECTED"));
  expect(root.querySelector(".easel-kept")?.textContent).toContain("Kept until Jan 31, 2026.");
  await act(() => button("Put away")?.click());
  expect(vi.mocked(kanvas.deletePicture).mock.lastCall).toEqual(["2"]);
  const prompt = () => root.querySelector(".easel-prompt")?.textContent;
  await expect.poll(prompt).toBe("a fox, 1");
  vi.mocked(kanvas.submitJob).mockReturnValue(new Promise(() => undefined));
  await act(() => button("Try again")?.click());
  expect(vi.mocked(kanvas.submitJob).mock.lastCall?.[0].prompt).toBe("a fox, 1");
  expect(button("Not painted: a fox, 1")).toBeDefined();
});
