import { type Signal, signal } from "@preact/signals";
import * as kanvas from "../api/kanvas";
import type { AccountView, Relationship } from "../api/types";
import { t } from "../i18n/translate";
import { blocksChanged, followsChanged } from "./feeds";
import { LastPress } from "./last-press";
import { toast, toastFailure } from "./toasts";

export type Person =
  | { phase: "loading" }
  | { phase: "ready"; view: AccountView }
  | { phase: "failed"; failure: unknown };

const people = new Map<string, Signal<Person>>();

/** Somebody by handle, as last seen. */
export function person(handle: string): Signal<Person> {
  let known = people.get(handle);
  if (!known) {
    known = signal<Person>({ phase: "loading" });
    people.set(handle, known);
  }
  return known;
}

export async function loadPerson(handle: string): Promise<void> {
  const known = person(handle);
  try {
    known.value = { phase: "ready", view: await kanvas.accountByHandle(handle) };
  } catch (failure) {
    // What was seen before is better than nothing.
    if (known.value.phase !== "ready") known.value = { phase: "failed", failure };
  }
}

export function forgetPeople(): void {
  people.clear();
}

const STRANGER: Relationship = { following: false, followed_by: false, blocking: false };

export function relationshipOf(view: AccountView): Relationship {
  return view.relationship ?? STRANGER;
}

const follows = new LastPress(kanvas.setFollow);
const blocks = new LastPress(kanvas.setBlock);

/** Follows or unfollows at once; takes it back when the server refuses; the last press counts. */
export async function toggleFollow(view: AccountView): Promise<void> {
  const { account, follower_count } = view;
  const follow = !relationshipOf(view).following;
  const counted = (on: boolean) => follower_count + (on === !follow ? 0 : follow ? 1 : -1);
  show(view, { following: follow }, counted(follow));
  const settled = await follows.press(account.id, follow);
  if (!settled) return;
  show(view, { following: settled.on }, counted(settled.on));
  if (settled.answer) followsChanged();
  if (settled.failure) toastFailure(settled.failure);
}

/** Blocks or unblocks; a block ends follows both ways. */
export async function toggleBlock(view: AccountView): Promise<void> {
  const { account } = view;
  const block = !relationshipOf(view).blocking;
  const settled = await blocks.press(account.id, block);
  if (!settled) return;
  if (settled.failure) toastFailure(settled.failure);
  if (!settled.answer) return;
  const { on, answer } = settled;
  if (on && !answer.applied) toast(t("profile.block.follows"));
  const ended = on ? { following: false, followed_by: false } : {};
  show({ ...view, hidden: on }, { blocking: on, ...ended }, view.follower_count);
  blocksChanged(account.id);
  void loadPerson(account.handle);
}

function show(view: AccountView, changes: Partial<Relationship>, follower_count: number): void {
  const relationship = { ...relationshipOf(view), ...changes };
  person(view.account.handle).value = {
    phase: "ready",
    view: { ...view, relationship, follower_count },
  };
}
