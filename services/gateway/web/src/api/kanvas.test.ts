import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { signUp } from "./kanvas";

const fetched = vi.fn<typeof fetch>();

beforeEach(() => {
  vi.stubGlobal("fetch", fetched);
  fetched.mockReset();
});

afterEach(() => {
  vi.unstubAllGlobals();
});

function answer(status: number, applied: boolean): Response {
  return new Response(JSON.stringify({ applied, position: null, graph_position: "7" }), { status });
}

it("asks for one sign-up under one idempotency key until feeds know the account", async () => {
  fetched.mockResolvedValueOnce(answer(202, false));
  fetched.mockResolvedValueOnce(answer(201, true));
  await signUp({ id: "0192", handle: "ada", password: "correct horse battery" });
  expect(fetched).toHaveBeenCalledTimes(2);
  const [first, second] = fetched.mock.calls.map(
    ([, init]) => (init?.headers as Record<string, string> | undefined)?.["idempotency-key"],
  );
  expect(first).toMatch(/^[0-9a-f-]{36}$/);
  expect(second).toBe(first);
});
