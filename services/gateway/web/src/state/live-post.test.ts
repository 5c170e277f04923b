import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Problem } from "../api/failure";
import type { Position, PostView } from "../api/types";
import type { StreamClient } from "../stream/client";
import type { StreamEvent } from "../stream/protocol";
import type { Listener } from "../stream/subscription";
import { LivePost } from "./live-post";
import { isHidden, nameOf } from "./people";
import { forgetEverything, postSignal } from "./posts";

const AUTHOR = { id: "ana", handle: "ana", display_name: "Ana", version: 1 };

const view = (position: Position, caption = "") =>
  ({ post: { id: "p", author: AUTHOR, caption, created_position: "3" }, position }) as PostView;

const NOT_THERE = new Problem({ title: "There is no such post.", status: 404 });

let listener: Listener | undefined;
const followed: unknown[] = [];
const close = vi.fn();
const fetchPost = vi.fn<(id: string, atLeast?: Position) => Promise<PostView>>();

let announced = 0;

const client = {
  announce: () => {
    announced += 1;
    return () => {
      announced -= 1;
    };
  },
  follow: (stream: string, from: Position, told: Listener) => {
    followed.push([stream, from]);
    listener = told;
    return { restart: (position: Position) => void followed.push(position), close };
  },
} as unknown as StreamClient;

function tell(event: string, data: object, pos = "9"): void {
  const told = { type: "event", stream: "user:ana", event, data, pos, id: pos, ts: "" };
  listener?.onEvent(told as StreamEvent);
}

async function opened(): Promise<LivePost> {
  fetchPost.mockResolvedValueOnce(view("7"));
  const live = new LivePost({ id: "p", fetchPost, client });
  await live.load();
  expect(live.phase.value).toBe("ready");
  return live;
}

beforeEach(() => {
  vi.useFakeTimers();
  forgetEverything();
  fetchPost.mockReset();
  close.mockReset();
  followed.length = 0;
});

afterEach(() => {
  vi.useRealTimers();
});

it("is followed on its author's stream, from the position of the answer", async () => {
  fetchPost.mockResolvedValueOnce(view("7"));
  const loading = new LivePost({ id: "p", fetchPost, client }).load();
  expect([announced, followed]).toEqual([1, []]);
  await loading;
  expect([announced, followed]).toEqual([0, [["user:ana", "7"]]]);
});

describe("an open post", () => {
  it("goes when it is taken down, and when no other is", async () => {
    const live = await opened();
    tell("post.removed", { id: "another", author_id: "ana" });
    expect(live.phase.value).toBe("ready");
    tell("post.removed", { id: "p", author_id: "ana" });
    expect(live.phase.value).toBe("gone");
  });

  it("goes at once when a block hides its author, and comes back with the author", async () => {
    const live = await opened();
    tell("author.hidden", { author_id: "ana" });
    expect(live.phase.value).toBe("gone");
    expect(isHidden("ana")).toBe(true);
    fetchPost.mockResolvedValueOnce(view("12"));
    tell("author.shown", { author_id: "ana" }, "11");
    await vi.advanceTimersByTimeAsync(0);
    expect(fetchPost).toHaveBeenLastCalledWith("p", "11");
    expect(live.phase.value).toBe("ready");
    expect(followed).toEqual([["user:ana", "7"], "12"]);
  });

  it("goes when the reader may no longer see what is for followers", async () => {
    const live = await opened();
    fetchPost.mockRejectedValueOnce(NOT_THERE);
    tell("following.changed", { account_id: "ana", following: false });
    await vi.advanceTimersByTimeAsync(0);
    expect(live.phase.value).toBe("gone");
  });

  it("shows its new words and its author's new name", async () => {
    await opened();
    tell("post.updated", { ...view("9", "better").post });
    expect(postSignal("p").value?.caption).toBe("better");
    tell("author.changed", { ...AUTHOR, display_name: "Ana B.", version: 2 });
    expect(nameOf(AUTHOR)).toBe("Ana B.");
  });

  it("is fetched again after a hole, until the gateway answers", async () => {
    const live = await opened();
    fetchPost.mockRejectedValueOnce(new Error("down"));
    fetchPost.mockResolvedValueOnce(view("30"));
    listener?.onSnapshotRequired?.("25");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(fetchPost.mock.calls.slice(1)).toEqual([
      ["p", "25"],
      ["p", "25"],
    ]);
    expect(live.phase.value).toBe("ready");
    expect(followed).toEqual([["user:ana", "7"], "30"]);
  });

  it("is left alone once the room is closed", async () => {
    const live = await opened();
    fetchPost.mockRejectedValueOnce(new Error("down"));
    listener?.onSnapshotRequired?.("25");
    live.close();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(close).toHaveBeenCalledOnce();
    expect(fetchPost).toHaveBeenCalledTimes(2);
  });
});

it("says what is wrong where it cannot be fetched, and that it is gone where it is not there", async () => {
  const live = new LivePost({ id: "p", fetchPost, client });
  fetchPost.mockRejectedValueOnce(new Error("down"));
  await live.load();
  expect(live.phase.value).toBe("failed");
  fetchPost.mockRejectedValueOnce(NOT_THERE);
  await live.load();
  expect(live.phase.value).toBe("gone");
  expect(followed).toEqual([]);
});
