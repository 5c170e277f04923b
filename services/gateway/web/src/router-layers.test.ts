// @vitest-environment happy-dom
import { beforeEach, expect, it, vi } from "vitest";

type Router = typeof import("./router");

/** A history whose way back takes a while, as a browser's does. */
class SlowHistory {
  scrollRestoration = "auto";
  #entries: { state: unknown; path: string }[] = [{ state: null, path: "/" }];
  #at = 0;

  get state(): unknown {
    return this.#entries[this.#at]?.state;
  }

  pushState(state: unknown, _: string, path = location.pathname): void {
    this.#entries = [...this.#entries.slice(0, this.#at + 1), { state, path }];
    this.#at += 1;
    this.#show();
  }

  replaceState(state: unknown, _: string, path = location.pathname): void {
    this.#entries[this.#at] = { state, path };
    this.#show();
  }

  back(): void {
    setTimeout(() => {
      this.#at = Math.max(0, this.#at - 1);
      this.#show();
      arrive(new PopStateEvent("popstate", { state: this.state }));
    }, 1);
  }

  #show(): void {
    vi.stubGlobal("location", { ...location, pathname: this.#entries[this.#at]?.path });
  }
}

let router: Router;
/** What the page that is there hears of the history; one that is gone hears no more. */
let arrive: (event: PopStateEvent) => void;
let browser: SlowHistory;
const close = vi.fn();

const settle = () => new Promise((resolve) => setTimeout(resolve, 10));
const room = () => router.place.value.room;

async function back(): Promise<void> {
  browser.back();
  await settle();
}

beforeEach(async () => {
  close.mockReset();
  vi.stubGlobal("location", { pathname: "/", search: "", origin: "http://kanvas" });
  browser = new SlowHistory();
  vi.stubGlobal("history", browser);
  vi.stubGlobal("scrollTo", () => undefined);
  vi.stubGlobal("addEventListener", (type: string, listener: typeof arrive) => {
    if (type === "popstate") arrive = listener;
  });
  await load();
  router.navigate("/explore");
});

/** Loads the page, where the history stands. */
async function load(): Promise<void> {
  vi.resetModules();
  router = await import("./router");
  router.startRouter();
}

it("closes what lies over the room by Back, and leaves the room by the next Back", async () => {
  const closed = router.openLayer(() => {
    close();
    closed();
  });
  await back();
  expect(close).toHaveBeenCalledOnce();
  expect(room()).toBe("explore");
  await back();
  expect(room()).toBe("home");
});

it("needs one Back to leave the room after a layer was closed in another way", async () => {
  router.openLayer(close)();
  await settle();
  expect(close).not.toHaveBeenCalled();
  await back();
  expect(room()).toBe("home");
});

it("closes one layer after the other", async () => {
  const order: string[] = [];
  const layer = (name: string) => {
    const closed = router.openLayer(() => {
      order.push(name);
      closed();
    });
  };
  layer("sheet");
  layer("question");
  await back();
  expect(order).toEqual(["question"]);
  await back();
  expect(order).toEqual(["question", "sheet"]);
  expect(room()).toBe("explore");
});

it("closes what lies over a room that is left, and Back leads into that room", async () => {
  router.openLayer(close);
  router.navigate("/settings");
  expect(close).toHaveBeenCalledOnce();
  expect(room()).toBe("settings");
  await back();
  expect(room()).toBe("explore");
});

it("goes on where a layer is closed and another room is gone to in one breath", async () => {
  router.openLayer(close)();
  router.navigate("/settings");
  await settle();
  expect(room()).toBe("settings");
  await back();
  expect(room()).toBe("explore");
});

it("leads back to where one was after the page was loaded again", async () => {
  await load();
  router.goBack();
  await settle();
  expect(browser.state).toEqual({ entry: 0 });
  expect(room()).toBe("home");
});

it("needs one Back as well where the page was loaded again with a layer over the room", async () => {
  router.openLayer(close);
  await load();
  await settle();
  expect(room()).toBe("explore");
  await back();
  expect(room()).toBe("home");
});
