import { type Signal, signal } from "@preact/signals";
import * as kanvas from "../api/kanvas";
import type { AccountView, Relationship } from "../api/types";
import { t } from "../i18n/translate";
import { blocksChanged, followsChanged } from "./feeds";
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

/** Follows or unfollows at once, and takes it back, with a word, when the server refuses. */
export async function toggleFollow(view: AccountView): Promise<void> {
  const { account, follower_count } = view;
  const follow = !relationshipOf(view).following;
  show(view, { following: follow }, follower_count + (follow ? 1 : -1));
  try {
    await kanvas.setFollow(account.id, follow);
    followsChanged();
  } catch (failure) {
    show(view, {}, follower_count);
    toastFailure(failure);
  }
}

/** Blocks or unblocks; a block ends follows both ways. */
export async function toggleBlock(view: AccountView): Promise<void> {
  const { account } = view;
  const block = !relationshipOf(view).blocking;
  try {
    const { applied } = await kanvas.setBlock(account.id, block);
    if (block && !applied) toast(t("profile.block.follows"));
    const ended = block ? { following: false, followed_by: false } : {};
    show({ ...view, hidden: block }, { blocking: block, ...ended }, view.follower_count);
    blocksChanged(account.id);
    void loadPerson(account.handle);
  } catch (failure) {
    toastFailure(failure);
  }
}

function show(view: AccountView, changes: Partial<Relationship>, follower_count: number): void {
  const relationship = { ...relationshipOf(view), ...changes };
  person(view.account.handle).value = {
    phase: "ready",
    view: { ...view, relationship, follower_count },
  };
}
