import { afterEach, expect, it, vi } from "vitest";
import { isMissing } from "./pictures";

const fetching = vi.fn<typeof fetch>();
vi.stubGlobal("fetch", fetching);

const URL = "/media/1.webp";
const ask = (signal = new AbortController().signal) => isMissing(URL, signal);

afterEach(() => {
  fetching.mockReset();
});

it.each([
  [404, true],
  [200, false],
  [429, false],
  [503, false],
])("takes the answer %i for a picture that is not there: %s", async (status, missing) => {
  fetching.mockResolvedValue(new Response(null, { status }));
  expect(await ask()).toBe(missing);
  expect(fetching.mock.lastCall).toMatchObject([URL, { method: "HEAD" }]);
});

it("does not take silence for an answer", async () => {
  fetching.mockRejectedValue(new TypeError("the network is down"));
  expect(await ask()).toBe(false);
});

it("gives up with whoever asked", async () => {
  fetching.mockImplementation((_, init) => Promise.reject(init?.signal?.reason));
  expect(await ask(AbortSignal.abort())).toBe(false);
});
