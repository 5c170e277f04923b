import { beforeEach, expect, it, vi } from "vitest";
import { Problem } from "../api/failure";
import * as kanvas from "../api/kanvas";
import { actFor } from "../api/request";
import type { CurrentSession } from "../api/types";
import { account, loadSession, signIn, signOut, whenSessionChanges } from "./session";

vi.mock("../api/kanvas");
vi.mock("../api/request");

const changes = vi.fn();
const signedOut = new Problem({ type: "", title: "", status: 401, reason: "IDENTITY_REQUIRED" });
const session = (id: string) => ({ account: { id }, stream_url: "ws://" }) as CurrentSession;
const cookieOf = (id: string) => vi.mocked(kanvas.currentSession).mockResolvedValue(session(id));

beforeEach(async () => {
  whenSessionChanges(() => undefined);
  await signOut();
  cookieOf("ana");
  await signIn("ana", "secret");
  changes.mockReset();
  whenSessionChanges(changes);
});

it("acts for whom it shows", () => {
  expect(account.value?.id).toBe("ana");
  expect(vi.mocked(actFor).mock.lastCall).toEqual(["ana"]);
});

it("keeps somebody's work when a session ends, until they sign in again", async () => {
  vi.mocked(kanvas.currentSession).mockRejectedValue(signedOut);
  await loadSession();
  expect(account.value).toBeNull();
  expect(vi.mocked(actFor).mock.lastCall).toEqual([undefined]);
  cookieOf("ana");
  await signIn("ana", "secret");
  expect(changes.mock.calls).toEqual([[{ isSamePerson: true }], [{ isSamePerson: true }]]);
});

it("clears the table for somebody else, here or in another tab", async () => {
  cookieOf("ben");
  await loadSession();
  expect(changes.mock.lastCall).toEqual([{ isSamePerson: false }]);
  cookieOf("cleo");
  await signIn("cleo", "secret");
  expect(changes.mock.lastCall).toEqual([{ isSamePerson: false }]);
});

it("forgets who was here once they signed out", async () => {
  await signOut();
  expect(changes.mock.lastCall).toEqual([{ isSamePerson: false }]);
});

it("changes nothing when a token is renewed", async () => {
  await loadSession();
  expect(changes).not.toHaveBeenCalled();
});
