// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from "vitest";
import { Problem, Unreachable } from "../api/failure";
import { navigate } from "../router";
import { clearToasts, toastFailure, toasts, toastUntilRead } from "./toasts";

afterEach(() => {
  vi.useRealTimers();
  toasts.value = [];
});

it("shows whoever is signed out the way to sign in, and back to where they are", () => {
  navigate("/explore");
  for (const [status, reason] of [
    [401, "TOKEN_EXPIRED"],
    [409, "ACCOUNT_DIFFERS"],
  ] as const) {
    toastFailure(new Problem({ title: "", status, reason }));
    expect(toasts.value.at(-1)?.link?.href).toBe("/signin?next=%2Fexplore");
  }
});

it("shows no such way where it does not help", () => {
  toastFailure(new Unreachable("no network"));
  expect(toasts.value.at(-1)).toMatchObject({ tone: "failure" });
  expect(toasts.value.at(-1)).not.toHaveProperty("link");
});

it("shows the last few, each for a while", () => {
  vi.useFakeTimers();
  for (let count = 0; count < 5; count += 1) toastFailure(new Unreachable("no network"));
  expect(toasts.value).toHaveLength(3);
  vi.advanceTimersByTime(7_000);
  expect(toasts.value).toEqual([]);
});

it("tells nobody what was told to who was here before", () => {
  toastUntilRead("Signed in as @ana.");
  clearToasts();
  expect(toasts.value).toEqual([]);
});
