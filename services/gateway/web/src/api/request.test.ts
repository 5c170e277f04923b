import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Problem, Unreachable } from "./failure";
import { actFor, request, whenSessionEnds } from "./request";
import { noteServerDate } from "./server-clock";

const fetched = vi.fn<typeof fetch>();

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("fetch", fetched);
  fetched.mockReset();
});

afterEach(() => {
  noteServerDate(new Date().toUTCString());
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function answer(status: number, body: unknown, headers = {}): Response {
  return new Response(JSON.stringify(body), { status, headers });
}

/** Lets pauses between attempts pass. */
async function settle<T>(pending: Promise<T>): Promise<T | Error> {
  const settled = pending.catch((failure: Error) => failure);
  await vi.advanceTimersByTimeAsync(60_000);
  return settled;
}

const headersOf = (call: number) =>
  fetched.mock.calls[call]?.[1]?.headers as Record<string, string>;

it("repeats a write that got no answer under the same idempotency key", async () => {
  fetched.mockRejectedValueOnce(new TypeError("network"));
  fetched.mockResolvedValueOnce(answer(201, { id: 1 }));
  expect(await settle(request("POST", "/v1/posts", { body: {} }))).toEqual({ id: 1 });
  expect(headersOf(0)["idempotency-key"]).toMatch(/^[0-9a-f-]{36}$/);
  expect(headersOf(1)["idempotency-key"]).toBe(headersOf(0)["idempotency-key"]);
  expect(headersOf(0)["kanvas-client"]).toBe("web");
  expect(fetched.mock.calls[0]?.[1]?.keepalive, "outlives the page").toBe(true);
});

it("says whose page it is, but where it asks who is signed in", async () => {
  fetched.mockImplementation(async () => answer(200, {}));
  actFor("ana");
  await request("PUT", "/v1/posts/1/like");
  await request("GET", "/v1/feeds/home");
  await request("GET", "/v1/sessions/current", { forNobody: true });
  actFor(undefined);
  await request("PUT", "/v1/posts/1/like");
  const accounts = [0, 1, 2, 3].map((call) => headersOf(call)["kanvas-account"]);
  expect(accounts).toEqual(["ana", "ana", undefined, undefined]);
});

it("tells that a session has ended, where whose page it is was refused, and nowhere else", async () => {
  const ended = vi.fn();
  whenSessionEnds(ended);
  const refuse = async (reason: string, forNobody = false) => {
    fetched.mockResolvedValue(answer(401, { status: 401, reason }));
    await settle(request("GET", "/v1/feeds/home", { forNobody }));
    return ended.mock.calls.length;
  };
  expect(await refuse("TOKEN_EXPIRED"), "a visitor's page").toBe(0);
  actFor("ana");
  expect(await refuse("TOKEN_EXPIRED", true), "asks who is signed in").toBe(0);
  expect(await refuse("CREDENTIALS_WRONG"), "a wrong password").toBe(0);
  expect(await refuse("TOKEN_EXPIRED")).toBe(1);
  actFor(undefined);
  whenSessionEnds(() => undefined);
});

it("makes its keys by the gateway's clock, which an answer has told", async () => {
  const ahead = Date.now() + 7_200_000;
  const date = new Date(ahead).toUTCString();
  fetched.mockImplementation(async () => answer(200, {}, { date }));
  await request("GET", "/v1/config");
  await request("PUT", "/v1/posts/1/like");
  const [time = ""] = /^.{8}-.{4}/.exec(headersOf(1)["idempotency-key"] ?? "") ?? [];
  const milliseconds = Number.parseInt(time.replace("-", ""), 16);
  expect(Math.abs(milliseconds - ahead)).toBeLessThan(1_000);
});

it("does not repeat what was refused", async () => {
  const details = { status: 409, title: "Taken", reason: "HANDLE_TAKEN", trace_id: "4bf9" };
  fetched.mockResolvedValue(answer(409, details));
  const failure = await settle(request("POST", "/v1/accounts", { body: {} }));
  expect(failure).toBeInstanceOf(Problem);
  expect(failure).toMatchObject({ status: 409, reason: "HANDLE_TAKEN", traceId: "4bf9" });
  expect(fetched).toHaveBeenCalledTimes(1);
});

it("waits as long as an overloaded server asks, and gives up after three attempts", async () => {
  fetched.mockImplementation(async () => answer(503, { title: "Busy" }, { "retry-after": "2" }));
  const pending = request("GET", "/v1/feeds/home").catch((failure: Error) => failure);
  await vi.advanceTimersByTimeAsync(1_999);
  expect(fetched).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(fetched).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await pending).toBeInstanceOf(Problem);
  expect(fetched).toHaveBeenCalledTimes(3);
});

it("is unreachable when something else answers", async () => {
  fetched.mockImplementation(async () => new Response("<html>", { status: 200 }));
  expect(await settle(request("GET", "/v1/config"))).toBeInstanceOf(Unreachable);
});

it("leaves out what is not asked for", async () => {
  fetched.mockResolvedValueOnce(answer(200, {}));
  await settle(request("GET", "/v1/feeds/home", { query: { cursor: undefined, limit: 30 } }));
  expect(fetched.mock.calls[0]?.[0]).toBe("/v1/feeds/home?limit=30");
  expect(headersOf(0)).not.toHaveProperty("idempotency-key");
});
