import { expect, it } from "vitest";
import { LastPress } from "./last-press";

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
