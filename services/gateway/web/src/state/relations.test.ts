import { beforeEach, expect, it, vi } from "vitest";
import * as kanvas from "../api/kanvas";
import type { AccountView } from "../api/types";
import { forgetPeople, loadPerson, person } from "./people";
import { toggleBlock, toggleFollow } from "./relations";
import { toasts } from "./toasts";

vi.mock("../api/kanvas");

const VIEW = {
  account: { id: "1", handle: "sari", version: 1 },
  follower_count: 4,
  relationship: { following: false, followed_by: true, blocking: false },
} as AccountView;

const shown = () => {
  const known = person("sari").value;
  return known.phase === "ready" ? known.view : undefined;
};

beforeEach(async () => {
  forgetPeople();
  toasts.value = [];
  vi.mocked(kanvas.accountByHandle).mockResolvedValue(VIEW);
  await loadPerson("sari");
});

const applied = (now: boolean) => ({
  applied: now,
  detail: null,
  position: now ? "2" : null,
  graph_position: "3",
});

it("follows before the server answers", async () => {
  vi.mocked(kanvas.setFollow).mockResolvedValue(applied(true));
  const following = toggleFollow(VIEW);
  expect(shown()).toMatchObject({
    follower_count: 5,
    relationship: { following: true, followed_by: true },
  });
  await following;
  expect(shown()?.relationship?.following).toBe(true);
});

it("takes a follow back, with a word, when it was refused", async () => {
  vi.mocked(kanvas.setFollow).mockRejectedValue(new Error("down"));
  await toggleFollow(VIEW);
  expect(shown()).toMatchObject({ follower_count: 4, relationship: { following: false } });
  expect(toasts.value).toMatchObject([{ tone: "failure" }]);
});

it("ends as the last press said, whatever the network does", async () => {
  const answers: (() => void)[] = [];
  vi.mocked(kanvas.setFollow).mockReset();
  vi.mocked(kanvas.setFollow).mockImplementation(
    () => new Promise((resolve) => answers.push(() => resolve(applied(true)))),
  );
  const following = toggleFollow(VIEW);
  await toggleFollow(shown() as AccountView);
  answers[0]?.();
  await expect.poll(() => answers).toHaveLength(2);
  answers[1]?.();
  await following;
  expect(vi.mocked(kanvas.setFollow).mock.calls).toEqual([
    ["1", true],
    ["1", false],
  ]);
  expect(shown()).toMatchObject({ follower_count: 4, relationship: { following: false } });
});

it("says when a block does not hold everywhere yet", async () => {
  vi.mocked(kanvas.setBlock).mockResolvedValue(applied(true));
  await toggleBlock(VIEW);
  expect(toasts.value).toEqual([]);
  vi.mocked(kanvas.setBlock).mockResolvedValue(applied(false));
  await toggleBlock(VIEW);
  expect(toasts.value).toMatchObject([{ tone: "plain", text: /Blocked.*a little longer/ }]);
  expect(shown()?.relationship?.blocking).toBe(false);
});
