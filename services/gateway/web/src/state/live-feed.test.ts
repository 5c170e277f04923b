import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { FeedPage, Post } from "../api/types";
import type { StreamClient } from "../stream/client";
import type { StreamEvent } from "../stream/protocol";
import type { Listener } from "../stream/subscription";
import { LiveFeed } from "./live-feed";
import { isHidden, nameOf } from "./people";
import { forgetEverything, postSignal } from "./posts";

function post(id: string, author = "author"): Post {
  return {
    id,
    author: { id: author, handle: author, display_name: author, version: 1 },
    caption: "",
    tags: [],
    alt_text: id,
    prompt: id,
    visibility: "public",
    uses: { train: false, embed: false, recommend: false },
    picture: {
      url: `/media/${id}.webp`,
      width: 3,
      height: 2,
      media_type: "image/webp",
      placeholder: "#cccccc",
      provenance: {
        model: "m",
        model_version: "1",
        seed: 1,
        statement: "",
        generative: false,
        substitutions: [],
      },
    },
    created_at: `2026-11-22T10:00:${id.padStart(2, "0")}Z`,
    created_position: id,
    like_count: 0,
    liked: false,
  };
}

function page(ids: string[], position: string, next_cursor: string | null = null): FeedPage {
  return { items: ids.map((id) => post(id)), position, next_cursor };
}

/** Stands in for the stream client: remembers what was followed, and tells events. */
class FakeStream {
  listener: Listener | undefined;
  readonly followed: (string | undefined)[] = [];
  /** Up to here everything was told. */
  position: string | undefined;
  close = vi.fn();
  /** Streams that are to be followed, and are not yet. */
  announced = 0;

  announce() {
    this.announced += 1;
    return () => {
      this.announced -= 1;
    };
  }

  follow(_: string, from: string | undefined, listener: Listener) {
    this.followed.push(from);
    this.position = from;
    this.listener = listener;
    const restart = (position: string) => void this.followed.push(position);
    const position = () => this.position;
    return {
      get position() {
        return position();
      },
      restart,
      close: this.close,
    };
  }

  tell(event: string, data: object, pos?: string): void {
    this.listener?.onEvent({ type: "event", stream: "home", event, data, pos } as StreamEvent);
  }
}

let stream: FakeStream;
const fetchPage = vi.fn<() => Promise<FeedPage>>();

function unopened(onlyOnScreen = false): LiveFeed {
  const client = stream as unknown as StreamClient;
  return new LiveFeed({ fetchPage, live: { client, stream: "home", onlyOnScreen } });
}

async function opened(...first: Parameters<typeof page>): Promise<LiveFeed> {
  fetchPage.mockResolvedValueOnce(page(...first));
  const feed = unopened();
  feed.show();
  await feed.open();
  return feed;
}

beforeEach(() => {
  vi.useFakeTimers();
  forgetEverything();
  fetchPage.mockReset();
  stream = new FakeStream();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("the seam", () => {
  it("follows the stream from the position of the page", async () => {
    await opened(["3", "2"], "30");
    expect(stream.followed).toEqual(["30"]);
  });

  it("announces the stream until it is followed, or the page does not come", async () => {
    fetchPage.mockRejectedValueOnce(new Error("out of reach"));
    fetchPage.mockResolvedValueOnce(page(["3"], "30"));
    const feed = unopened();
    feed.show();
    for (const phase of ["failed", "ready"]) {
      const opening = feed.open();
      expect(stream.announced).toBe(1);
      await opening;
      expect([stream.announced, feed.phase.value]).toEqual([0, phase]);
    }
  });

  it("drops a post that both the page and the stream bring", async () => {
    const feed = await opened(["3", "2"], "30");
    stream.tell("post.created", post("3"));
    expect(feed.arrived.value).toEqual([]);
    expect(feed.shown.value).toEqual(["3", "2"]);
  });

  it("does not take back what was removed while the page was on its way", async () => {
    const feed = await opened(["5", "4"], "30", "more");
    let answer: (page: FeedPage) => void = () => undefined;
    fetchPage.mockReturnValueOnce(
      new Promise((resolve) => {
        answer = resolve;
      }),
    );
    const loading = feed.loadMore();
    stream.tell("post.removed", { id: "2", author_id: "author" });
    answer(page(["3", "2", "1"], "29"));
    await loading;
    expect(feed.shown.value).toEqual(["5", "4", "3", "1"]);
  });
});

describe("what arrives", () => {
  it("waits behind the pill, newest first, until it is asked for", async () => {
    const feed = await opened(["3", "2"], "30");
    stream.tell("post.created", post("4"));
    stream.tell("post.created", post("5"));
    expect(feed.shown.value).toEqual(["3", "2"]);
    expect(feed.arrived.value).toEqual(["5", "4"]);
    feed.reveal();
    expect(feed.shown.value).toEqual(["5", "4", "3", "2"]);
    expect(feed.arrived.value).toEqual([]);
  });

  it("shows at once where nothing is being read", async () => {
    const feed = await opened([], "30");
    stream.tell("post.created", post("4"));
    expect(feed.shown.value).toEqual(["4"]);
  });

  it("keeps what is known of likes, which a frame for everyone does not carry", async () => {
    await opened(["3"], "30");
    postSignal("3").value = { ...post("3"), liked: true, like_count: 9 };
    const { liked: _, like_count: __, ...streamed } = post("3");
    stream.tell("post.updated", { ...streamed, caption: "better" });
    expect(postSignal("3").value).toMatchObject({ caption: "better", liked: true, like_count: 9 });
  });

  it("puts an older post that may be seen again into its place", async () => {
    const feed = await opened(["5", "2"], "30");
    stream.tell("post.updated", post("3"));
    expect(feed.shown.value).toEqual(["5", "3", "2"]);
  });

  it("leaves an older post to the page that it is on", async () => {
    const feed = await opened(["5", "4"], "30", "more");
    stream.tell("post.updated", post("1"));
    expect(feed.shown.value).toEqual(["5", "4"]);
  });
});

it("stands in the order of the feed, also where the reader's own post came between", async () => {
  const feed = await opened(["8", "7"], "30");
  stream.tell("post.created", post("9"));
  feed.putOwn(post("10", "me"));
  stream.tell("post.created", post("11"));
  expect(feed.shown.value).toEqual(["10", "8", "7"]);
  feed.reveal();
  expect(feed.shown.value).toEqual(["11", "10", "9", "8", "7"]);
});

it("calls an author by a new name", async () => {
  await opened(["3"], "30");
  const changed = { id: "author", handle: "author", display_name: "New", version: 2 };
  stream.tell("author.changed", changed);
  expect(nameOf(post("3").author)).toBe("New");
});

describe("a feed that is followed only while somebody looks", () => {
  async function shownOnce() {
    fetchPage.mockResolvedValueOnce(page(["3", "2"], "30"));
    const feed = unopened(true);
    const hide = feed.show();
    await feed.open();
    expect(stream.followed).toEqual(["30"]);
    return { feed, hide };
  }

  it("goes on from where it was left", async () => {
    const { feed, hide } = await shownOnce();
    stream.position = "35";
    hide();
    expect(stream.close).toHaveBeenCalledOnce();
    feed.show();
    await feed.open();
    expect(stream.followed).toEqual(["30", "35"]);
    expect(fetchPage).toHaveBeenCalledOnce();
  });

  it("is followed while any part of the screen shows it", async () => {
    const { feed, hide } = await shownOnce();
    feed.show();
    hide();
    expect(stream.close).not.toHaveBeenCalled();
    expect(stream.followed).toEqual(["30"]);
  });

  it("is not followed where its page came after the reader had left", async () => {
    fetchPage.mockResolvedValueOnce(page(["3"], "30"));
    const feed = unopened(true);
    const hide = feed.show();
    const opening = feed.open();
    hide();
    await opening;
    expect(stream.followed).toEqual([]);
    feed.show();
    expect(stream.followed).toEqual(["30"]);
  });
});

it("is fetched again where the reader may see more or less of its author", async () => {
  const feed = await opened(["3"], "30");
  fetchPage.mockResolvedValueOnce(page(["3", "2"], "40"));
  stream.tell("following.changed", { account_id: "author", following: true }, "38");
  await vi.advanceTimersByTimeAsync(0);
  expect(feed.shown.value).toEqual(["3", "2"]);
});

describe("what goes", () => {
  it("folds away, then leaves", async () => {
    const feed = await opened(["3", "2"], "30");
    stream.tell("post.removed", { id: "3", author_id: "author" });
    expect(feed.folding.value.has("3")).toBe(true);
    expect(feed.shown.value).toEqual(["3", "2"]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(feed.shown.value).toEqual(["2"]);
    expect(feed.folding.value.size).toBe(0);
  });

  it("never shows a post that was removed while it waited", async () => {
    const feed = await opened(["3"], "30");
    stream.tell("post.created", post("4"));
    stream.tell("post.removed", { id: "4", author_id: "author" });
    expect(feed.arrived.value).toEqual([]);
  });

  it("takes everything by an author who is hidden", async () => {
    const feed = await opened(["3", "2"], "30");
    stream.tell("post.created", post("4", "other"));
    stream.tell("author.hidden", { author_id: "author" });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(feed.shown.value).toEqual([]);
    expect(feed.arrived.value).toEqual(["4"]);
  });
});

it("shows an author again who keeps the account that was being deleted", async () => {
  await opened(["3"], "30");
  stream.tell("author.hidden", { author_id: "author" });
  expect(isHidden("author")).toBe(true);
  fetchPage.mockResolvedValueOnce(page(["3"], "40"));
  const account = { id: "author", handle: "ana", display_name: "Ana", bio: "", created_at: "" };
  stream.tell("author.changed", { ...account, version: 3 }, "38");
  await vi.advanceTimersByTimeAsync(0);
  expect(isHidden("author")).toBe(false);
  expect(fetchPage).toHaveBeenLastCalledWith(expect.objectContaining({ atLeast: "38" }));
});

describe("a hole", () => {
  it("is closed by fetching again and going on from there", async () => {
    const feed = await opened(["3", "2", "1"], "30");
    fetchPage.mockResolvedValueOnce(page(["6", "5", "3", "1"], "60"));
    stream.listener?.onSnapshotRequired?.("55");
    await vi.advanceTimersByTimeAsync(0);
    expect(fetchPage).toHaveBeenLastCalledWith(expect.objectContaining({ atLeast: "55" }));
    expect(feed.arrived.value).toEqual(["6", "5"]);
    expect(feed.shown.value).toEqual(["3", "1"]);
    expect(stream.followed).toEqual(["30", "60"]);
  });

  it("is not left open when more came than a page holds", async () => {
    const feed = await opened(["2", "1"], "30");
    fetchPage.mockResolvedValueOnce(page(["9", "8"], "90", "older"));
    stream.listener?.onSnapshotRequired?.("80");
    await vi.advanceTimersByTimeAsync(0);
    expect(feed.shown.value).toEqual(["2", "1"]);
    feed.reveal();
    expect(feed.shown.value).toEqual(["9", "8"]);
    expect(feed.hasMore.value).toBe(true);
  });

  it("is tried again until the gateway answers", async () => {
    const feed = await opened(["1"], "30");
    fetchPage.mockRejectedValueOnce(new Error("down"));
    fetchPage.mockResolvedValueOnce(page(["2", "1"], "60"));
    stream.listener?.onSnapshotRequired?.("55");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(feed.arrived.value).toEqual(["2"]);
    expect(stream.followed).toEqual(["30", "60"]);
  });

  it("also opens when the reader's follows change elsewhere", async () => {
    const feed = await opened(["3", "1"], "30");
    fetchPage.mockResolvedValueOnce(page(["3", "2", "1"], "40"));
    stream.tell("home.changed", { account_id: "x", following: true }, "38");
    await vi.advanceTimersByTimeAsync(0);
    expect(feed.shown.value).toEqual(["3", "2", "1"]);
    expect(fetchPage).toHaveBeenLastCalledWith(expect.objectContaining({ atLeast: "38" }));
  });

  it("is closed without a pill where nobody looks", async () => {
    fetchPage.mockResolvedValueOnce(page(["1"], "30"));
    const feed = unopened();
    await feed.open();
    fetchPage.mockResolvedValueOnce(page(["3", "2", "1"], "40"));
    stream.tell("home.changed", { account_id: "x", following: true });
    await vi.advanceTimersByTimeAsync(0);
    expect(feed.shown.value).toEqual(["3", "2", "1"]);
    expect(feed.arrived.value).toEqual([]);
  });

  it("leaves nothing of those who are not followed any more", async () => {
    const feed = await opened(["1"], "30");
    fetchPage.mockResolvedValueOnce(page([], "40"));
    stream.tell("home.changed", { account_id: "x", following: false });
    await vi.advanceTimersByTimeAsync(0);
    expect(feed.isEmpty.value).toBe(true);
  });
});

it("can be tried again after a first page that failed", async () => {
  fetchPage.mockRejectedValueOnce(new Error("down"));
  const feed = unopened();
  await feed.open();
  expect(feed.phase.value).toBe("failed");
  fetchPage.mockResolvedValueOnce(page(["1"], "30"));
  await feed.open();
  expect(feed.shown.value).toEqual(["1"]);
});

it("goes on over pages that the rules have emptied", async () => {
  fetchPage.mockResolvedValueOnce(page([], "30", "c1"));
  const feed = await opened(["2"], "31", "c2");
  expect(feed.shown.value).toEqual(["2"]);
  fetchPage.mockResolvedValueOnce(page([], "32", "c3"));
  fetchPage.mockResolvedValueOnce(page(["1"], "33"));
  await feed.loadMore();
  expect(feed.shown.value).toEqual(["2", "1"]);
  expect(stream.followed).toEqual(["30"]);
});

it("goes on from the cursor", async () => {
  const feed = await opened(["3"], "30", "c1");
  fetchPage.mockResolvedValueOnce(page(["2"], "31"));
  await feed.loadMore();
  expect(fetchPage).toHaveBeenLastCalledWith(expect.objectContaining({ cursor: "c1" }));
  expect(feed.shown.value).toEqual(["3", "2"]);
  expect(feed.hasMore.value).toBe(false);
});
