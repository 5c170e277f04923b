import { beforeEach, expect, it, vi } from "vitest";
import * as kanvas from "../api/kanvas";
import type { Account, AccountView, Author } from "../api/types";
import {
  forgetPeople,
  isHidden,
  learnAccount,
  learnNames,
  loadPerson,
  nameOf,
  noteFollowing,
  noteHidden,
  person,
} from "./people";
import { account as me } from "./session";

vi.mock("../api/kanvas");

function sari(version: number, display_name = `Sari ${version}`): Account {
  return {
    id: "1",
    handle: "sari",
    display_name,
    bio: `Bio ${version}`,
    created_at: "2026-11-22T10:00:00Z",
    version,
  };
}

const viewOf = (account: Account) => ({ account, follower_count: 4, hidden: false }) as AccountView;

const shown = () => {
  const known = person("sari").value;
  return known.phase === "ready" ? known.view : undefined;
};

beforeEach(async () => {
  forgetPeople();
  vi.mocked(kanvas.accountByHandle).mockReset();
  vi.mocked(kanvas.accountByHandle).mockResolvedValue(viewOf(sari(2)));
  await loadPerson("sari");
});

it("keeps showing whom it knows while the server is away", async () => {
  vi.mocked(kanvas.accountByHandle).mockRejectedValue(new Error("down"));
  await loadPerson("sari");
  expect(shown()).toEqual(viewOf(sari(2)));
});

it("calls people by the newest of their names, in whatever order they are told", () => {
  const old: Author = { id: "1", handle: "sari", display_name: "Sari 1", version: 1 };
  expect(nameOf(old)).toBe("Sari 2");
  learnNames(old);
  expect(nameOf(old)).toBe("Sari 2");
  learnNames({ ...old, display_name: "Sari 3", version: 3 });
  expect(nameOf(sari(2))).toBe("Sari 3");
});

it("calls people without a name by their handle", () => {
  expect(nameOf({ id: "2", handle: "ben", display_name: "", version: 1 })).toBe("ben");
});

it("shows a changed profile where the old one stands, and no older one", () => {
  learnAccount(sari(3));
  expect(shown()?.account).toEqual(sari(3));
  expect(shown()?.follower_count).toBe(4);
  learnAccount(sari(1));
  expect(shown()?.account).toEqual(sari(3));
});

it("takes over what the reader has changed about themselves on another device", () => {
  me.value = sari(2);
  learnAccount(sari(3));
  expect(me.value).toEqual(sari(3));
  learnAccount(sari(1));
  learnAccount({ ...sari(9), id: "2" });
  expect(me.value).toEqual(sari(3));
  me.value = null;
  learnAccount(sari(4));
  expect(me.value).toBeNull();
});

it("shows a follow that was asked for elsewhere, once however often it is told", () => {
  noteFollowing("1", true);
  noteFollowing("1", true);
  expect(shown()).toMatchObject({ follower_count: 5, relationship: { following: true } });
  noteFollowing("1", false);
  expect(shown()).toMatchObject({ follower_count: 4, relationship: { following: false } });
  noteFollowing("of nobody whom the page knows", true);
});

it("knows at once whom a block has hidden, and asks what is left to see of them", async () => {
  noteHidden("1", true);
  expect(kanvas.accountByHandle).toHaveBeenLastCalledWith("sari");
  await expect.poll(() => kanvas.accountByHandle).toHaveResolvedTimes(2);
  // That answer did not know of the block yet.
  expect(isHidden("1")).toBe(true);
  expect(isHidden("2")).toBe(false);
  noteHidden("1", false);
  expect(isHidden("1")).toBe(false);
});

it("sees somebody again who is not hidden when they are visited anew", async () => {
  noteHidden("1", true);
  await loadPerson("sari");
  expect(isHidden("1")).toBe(false);
});
