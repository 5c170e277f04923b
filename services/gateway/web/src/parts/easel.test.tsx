// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Job } from "../api/types";
import type { Painting } from "../state/studio";

vi.mock("../api/kanvas");

const { isPhone } = await import("../state/screen");
const { currentId, paintings, publishing } = await import("../state/studio");
const { Easel } = await import("./easel");

const JOB = { id: "1", state: "succeeded", compute_seconds: 1 } as Job;

let place: HTMLElement;

beforeEach(async () => {
  const request = { prompt: "a fox" };
  const counts = { queuePosition: 0, step: 8, of: 8, attempt: 1 };
  paintings.value = [{ id: "1", request, job: JOB, ...counts }];
  currentId.value = "1";
  place = document.body.appendChild(document.createElement("div"));
  await act(() => render(<Easel />, place));
});

afterEach(() => {
  render(null, place);
  place.remove();
  publishing.value = false;
  isPhone.value = false;
  localStorage.clear();
  sessionStorage.clear();
});

async function press(text: string): Promise<void> {
  const button = [...place.querySelectorAll("button")].find((each) => each.textContent === text);
  await act(() => {
    button?.focus();
    button?.click();
  });
}

it("goes on in the form when Publish has made way for it, and back when it is left", async () => {
  await press("Publish");
  expect(document.activeElement).toBe(place.querySelector("textarea"));
  await press("Cancel");
  expect(document.activeElement?.textContent).toBe("Publish");
});

it("calls up no keyboard of a phone", async () => {
  isPhone.value = true;
  await press("Publish");
  expect(document.activeElement).toBe(place.querySelector("form"));
});

it("shows on the shelf which pictures still form", async () => {
  const [done] = paintings.value;
  const forming = { id: "2", request: { prompt: "an owl" }, queuePosition: 0, step: 2, of: 8 };
  await act(() => {
    paintings.value = [done as Painting, { ...forming, attempt: 1 }];
  });
  const rings = [...place.querySelectorAll(".sketch")].map((one) => one.querySelector(".ring"));
  expect(rings.map(Boolean)).toEqual([true, false]);
});

it("shows of what was canceled that there is no picture, and how it is painted after all", async () => {
  await act(() => {
    paintings.value = paintings.value.map((one) => ({
      ...one,
      job: { ...JOB, state: "canceled" },
    }));
  });
  expect(place.querySelector(".easel-wait .icon")).not.toBeNull();
});
