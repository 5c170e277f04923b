import { beforeEach, expect, it, vi } from "vitest";
import { Problem } from "../api/failure";
import * as kanvas from "../api/kanvas";
import { actFor } from "../api/request";
import type { CurrentSession } from "../api/types";
import {
  account,
  followOtherTab,
  loadSession,
  signIn,
  signOut,
  whenSessionChanges,
} from "./session";
import { tellTabs } from "./tabs";

vi.mock("../api/kanvas");
vi.mock("../api/request");
vi.mock("./tabs");

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
  expect(changes.mock.calls).toEqual([
    [{ isSamePerson: true, hasLeft: false }],
    [{ isSamePerson: true, hasLeft: false }],
  ]);
});

it("does not put out who signed in while it asked whether a session had ended", async () => {
  let refuse: (failure: Problem) => void = () => undefined;
  vi.mocked(kanvas.currentSession).mockReturnValueOnce(
    new Promise((_, reject) => {
      refuse = reject;
    }),
  );
  const asked = loadSession();
  cookieOf("ana");
  await signIn("ana", "secret");
  refuse(signedOut);
  await asked;
  expect(account.value?.id).toBe("ana");
});

it("clears the table for somebody else, here or in another tab", async () => {
  cookieOf("ben");
  await loadSession();
  expect(changes.mock.lastCall).toEqual([{ isSamePerson: false, hasLeft: false }]);
  cookieOf("cleo");
  await signIn("cleo", "secret");
  expect(changes.mock.lastCall).toEqual([{ isSamePerson: false, hasLeft: false }]);
});

it("forgets who was here once they signed out", async () => {
  await signOut();
  expect(changes.mock.lastCall).toEqual([{ isSamePerson: false, hasLeft: true }]);
});

it("changes nothing when a token is renewed", async () => {
  await loadSession();
  expect(changes).not.toHaveBeenCalled();
});

it("tells the other tabs who came and who left", async () => {
  expect(vi.mocked(tellTabs).mock.lastCall).toEqual([{}]);
  await signOut();
  expect(vi.mocked(tellTabs).mock.lastCall).toEqual([{ hasLeft: "ana" }]);
});

it("forgets who signed out in another tab", async () => {
  await followOtherTab("ben");
  expect(account.value?.id).toBe("ana");
  await followOtherTab("ana");
  expect(account.value).toBeNull();
  expect(changes.mock.calls).toEqual([[{ isSamePerson: false, hasLeft: true }]]);
});

it("sits down again with whoever signs in in another tab", async () => {
  vi.mocked(kanvas.currentSession).mockRejectedValue(signedOut);
  await loadSession();
  cookieOf("ana");
  await followOtherTab(undefined);
  expect(account.value?.id).toBe("ana");
  expect(changes.mock.lastCall).toEqual([{ isSamePerson: true, hasLeft: false }]);
});
