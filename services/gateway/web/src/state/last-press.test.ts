import { expect, it, vi } from "vitest";
import * as kanvas from "../api/kanvas";
import type { CurrentSession } from "../api/types";
import { LastPress } from "./last-press";
import { signIn, signOut } from "./session";

vi.mock("../api/kanvas");

interface Write {
  resolve: (answer: string) => void;
  reject: (failure: unknown) => void;
}

/** A server on a slow line: each write waits until it is let through or fails. */
function slowServer() {
  const asked: boolean[] = [];
  const waiting: Write[] = [];
  const likes = new LastPress((_id, on) => {
    asked.push(on);
    return new Promise<string>((resolve, reject) => waiting.push({ resolve, reject }));
  });
  return { asked, likes, next: () => waiting.shift() as Write };
}

it("writes one after the other, and ends as the last press said", async () => {
  const { asked, likes, next } = slowServer();
  const first = likes.press("1", true);
  expect(await likes.press("1", false)).toBeUndefined();
  expect(asked).toEqual([true]);
  next().resolve("liked");
  await Promise.resolve();
  await Promise.resolve();
  expect(asked).toEqual([true, false]);
  next().resolve("not liked");
  expect(await first).toEqual({ on: false, answer: "not liked" });
});

it("leaves out presses that took each other back", async () => {
  const { asked, likes, next } = slowServer();
  const first = likes.press("1", true);
  void likes.press("1", false);
  void likes.press("1", true);
  next().resolve("liked");
  expect(await first).toEqual({ on: true, answer: "liked" });
  expect(asked).toEqual([true]);
});

it("tells what the server holds when a write fails", async () => {
  const { likes, next } = slowServer();
  const first = likes.press("1", true);
  next().reject("down");
  expect(await first).toEqual({ on: false, failure: "down" });
  const again = likes.press("1", true);
  next().resolve("liked");
  expect(await again).toEqual({ on: true, answer: "liked" });
});

it("keeps switches apart", async () => {
  const { asked, likes, next } = slowServer();
  const both = [likes.press("1", true), likes.press("2", true)];
  expect(asked).toEqual([true, true]);
  next().resolve("a");
  next().resolve("b");
  expect(await Promise.all(both)).toEqual([
    { on: true, answer: "a" },
    { on: true, answer: "b" },
  ]);
});

it("writes nothing as who has come since, and tells them nothing", async () => {
  const come = async (id: string) => {
    vi.mocked(kanvas.currentSession).mockResolvedValue({ account: { id } } as CurrentSession);
    await signIn(id, "secret");
  };
  const { asked, likes, next } = slowServer();
  await come("ana");
  const first = likes.press("1", true);
  void likes.press("1", false);
  await signOut();
  await come("ben");
  const other = likes.press("1", true);
  next().resolve("ana likes it");
  expect(await first).toBeUndefined();
  next().resolve("ben likes it");
  expect(await other).toEqual({ on: true, answer: "ben likes it" });
  expect(asked).toEqual([true, true]);
});
