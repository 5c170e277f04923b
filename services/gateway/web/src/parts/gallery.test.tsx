// @vitest-environment happy-dom
import { signal } from "@preact/signals";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, it, vi } from "vitest";
import { Problem, Unreachable } from "../api/failure";
import type { LiveFeed } from "../state/live-feed";

vi.mock("../api/kanvas");

const { navigate } = await import("../router");
const { Gallery } = await import("./gallery");

const place = document.body.appendChild(document.createElement("div"));

afterEach(() => {
  render(null, place);
});

async function showFailed(failure: unknown): Promise<ReturnType<typeof vi.fn>> {
  const open = vi.fn(async () => undefined);
  const feed = { phase: signal("failed"), failure: signal(failure), open, show: () => () => {} };
  await act(() => render(<Gallery feed={feed as unknown as LiveFeed} empty="" />, place));
  open.mockClear();
  return open;
}

it("offers to try again where a wall could not be loaded", async () => {
  const open = await showFailed(new Unreachable("no network"));
  expect(place.textContent).toContain("could not be loaded");
  place.querySelector("button")?.click();
  expect(open).toHaveBeenCalledTimes(1);
});

it("tries again by itself once the network is back", async () => {
  const open = await showFailed(new Unreachable("no network"));
  dispatchEvent(new Event("online"));
  expect(open).toHaveBeenCalledTimes(1);
  await act(() => render(null, place));
  dispatchEvent(new Event("online"));
  expect(open).toHaveBeenCalledTimes(1);
});

it("offers to sign in, and no vain try, where a wall is for nobody", async () => {
  navigate("/@ana");
  await showFailed(new Problem({ title: "", status: 401, reason: "TOKEN_EXPIRED" }));
  expect(place.textContent).toContain("Sign in first");
  expect(place.querySelector("a")?.getAttribute("href")).toBe("/signin?next=%2F%40ana");
  expect(place.querySelector("button")).toBeNull();
});
