// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { isMissing } from "../api/pictures";
import type { Picture as PictureData } from "../api/types";
import { Picture } from "./picture";

vi.mock("../api/pictures");

const PICTURE = { url: "/media/1.webp", width: 640, height: 480, placeholder: "#a0b1c2" };

/** Tells the page that the picture is on the screen now, or not. */
let see: (isIntersecting: boolean) => Promise<void>;
vi.stubGlobal(
  "IntersectionObserver",
  class {
    observe = vi.fn();
    disconnect = vi.fn();
    constructor(told: (entries: { isIntersecting: boolean }[]) => void) {
      see = async (isIntersecting) => await act(() => told([{ isIntersecting }]));
    }
  },
);

let root: HTMLElement;
const image = () => root.querySelector("img") as HTMLImageElement;
const description = () => root.querySelector(".picture-alt")?.textContent;
const fail = () => act(() => void image().dispatchEvent(new Event("error")));

beforeEach(async () => {
  vi.useFakeTimers();
  vi.mocked(isMissing).mockResolvedValue(false);
  root = document.createElement("div");
  await act(() => render(<Picture picture={PICTURE as PictureData} alt="A red fox." />, root));
});

afterEach(() => {
  render(null, root);
  vi.useRealTimers();
});

it("shows its description while it does not come, and asks again after a while", async () => {
  expect(description()).toBeUndefined();
  const first = image();
  await fail();
  expect(description()).toBe("A red fox.");
  expect(image()).toBe(first);
  await act(() => void vi.advanceTimersByTime(2_000));
  expect(image()).not.toBe(first);
  expect(description()).toBe("A red fox.");
  await act(() => void image().dispatchEvent(new Event("load")));
  expect(description()).toBeUndefined();
  expect(image().className).toBe("is-loaded");
});

it("waits longer each time", async () => {
  await fail();
  await act(() => void vi.advanceTimersByTime(2_000));
  await fail();
  const second = image();
  await act(() => void vi.advanceTimersByTime(3_999));
  expect(image()).toBe(second);
  await act(() => void vi.advanceTimersByTime(1));
  expect(image()).not.toBe(second);
});

it("asks again at once when the network is back", async () => {
  await fail();
  const first = image();
  await act(() => void dispatchEvent(new Event("online")));
  expect(image()).not.toBe(first);
});

it("is not asked for by the clock where the gateway says that it is not there", async () => {
  vi.mocked(isMissing).mockResolvedValue(true);
  const first = image();
  await fail();
  expect(vi.mocked(isMissing).mock.lastCall?.[0]).toBe("/media/1.webp");
  await act(() => void vi.advanceTimersByTime(3_600_000));
  expect(image()).toBe(first);
  expect(description()).toBe("A red fox.");
  await act(() => void dispatchEvent(new Event("online")));
  expect(image()).not.toBe(first);
});

it("is asked for again as it comes back to the screen, and not while it stays there", async () => {
  vi.mocked(isMissing).mockResolvedValue(true);
  const first = image();
  await fail();
  await see(true);
  await see(true);
  expect(image()).toBe(first);
  await see(false);
  expect(image()).toBe(first);
  await see(true);
  expect(image()).not.toBe(first);
});
