// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Picture as PictureData } from "../api/types";
import { Picture } from "./picture";

const PICTURE = { url: "/media/1.webp", width: 640, height: 480, placeholder: "#a0b1c2" };

let root: HTMLElement;
const image = () => root.querySelector("img") as HTMLImageElement;
const description = () => root.querySelector(".picture-alt")?.textContent;
const fail = () => act(() => void image().dispatchEvent(new Event("error")));

beforeEach(async () => {
  vi.useFakeTimers();
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
