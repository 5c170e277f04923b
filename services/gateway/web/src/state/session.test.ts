import { beforeEach, describe, expect, it, vi } from "vitest";
import { Problem } from "../api/failure";
import * as kanvas from "../api/kanvas";
import { actFor } from "../api/request";
import type { CurrentSession } from "../api/types";
import {
  account,
  deleteAccount,
  deletion,
  followOtherTab,
  keepAccount,
  loadSession,
  presumeNobody,
  signIn,
  signOut,
  streamAccess,
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

describe("an account that is being deleted", () => {
  const leaving = { ...session("ana"), erase_at: "2026-12-13T08:00:00.000Z", stream_token: null };

  beforeEach(async () => {
    vi.mocked(kanvas.currentSession).mockResolvedValue(leaving);
    await deleteAccount("secret");
  });

  it("is nobody's to the page, which only says until when it can be kept", async () => {
    expect(vi.mocked(kanvas.deleteAccount).mock.lastCall).toEqual([{ password: "secret" }]);
    expect(account.value).toBeNull();
    expect(deletion.value).toEqual({ account: { id: "ana" }, eraseAt: leaving.erase_at });
    expect(changes.mock.lastCall).toEqual([{ isSamePerson: false, hasLeft: true }]);
    vi.mocked(kanvas.config).mockResolvedValue({ stream_url: "ws://", version: "1" });
    expect(await streamAccess(true)).toEqual({ url: "ws://" });
  });

  it("is whose it was once it is kept", async () => {
    cookieOf("ana");
    await keepAccount();
    expect(deletion.value).toBeUndefined();
    expect(account.value?.id).toBe("ana");
    expect(changes.mock.lastCall).toEqual([{ isSamePerson: true, hasLeft: false }]);
  });

  it("is out of sight once its owner signs out, here or in another tab", async () => {
    await signOut();
    expect(deletion.value).toBeUndefined();
    expect(vi.mocked(tellTabs).mock.lastCall).toEqual([{ hasLeft: "ana" }]);
    await signIn("ana", "secret");
    expect(deletion.value).toBeDefined();
    await followOtherTab("ana");
    expect(deletion.value).toBeUndefined();
  });

  it("is found so in a tab that had it open", async () => {
    cookieOf("ana");
    await signIn("ana", "secret");
    vi.mocked(kanvas.currentSession).mockResolvedValue(leaving);
    await loadSession();
    expect(deletion.value).toBeDefined();
    expect(changes.mock.lastCall).toEqual([{ isSamePerson: false, hasLeft: true }]);
  });
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

describe("a page that could not learn who is here", () => {
  beforeEach(async () => {
    await signOut();
    vi.mocked(kanvas.currentSession).mockClear();
    presumeNobody();
    changes.mockReset();
  });

  it("asks again before it connects, and is theirs from then on", async () => {
    vi.mocked(kanvas.currentSession).mockRejectedValueOnce(new Error("down"));
    await expect(streamAccess(false)).rejects.toThrow("down");
    cookieOf("ana");
    expect((await streamAccess(false)).url).toBe("ws://");
    expect(account.value?.id).toBe("ana");
    expect(changes).toHaveBeenCalledOnce();
  });

  it("asks no more once it knows that nobody is", async () => {
    vi.mocked(kanvas.currentSession).mockRejectedValue(signedOut);
    vi.mocked(kanvas.config).mockResolvedValue({ stream_url: "ws://all" } as never);
    expect(await streamAccess(false)).toEqual({ url: "ws://all" });
    expect(await streamAccess(false)).toEqual({ url: "ws://all" });
    expect(kanvas.currentSession).toHaveBeenCalledOnce();
    expect(changes).not.toHaveBeenCalled();
  });
});
