import { type Signal, signal } from "@preact/signals";
import * as kanvas from "../api/kanvas";
import type { Account, AccountView, Author, Relationship } from "../api/types";
import { account as me } from "./session";

export type Person =
  | { phase: "loading" }
  | { phase: "ready"; view: AccountView }
  | { phase: "failed"; failure: unknown };

/** By handle. */
const people = new Map<string, Signal<Person>>();
/** By id: under which names somebody appears now, wherever on the page that is. */
const names = new Map<string, Signal<Author>>();
/** Ids of those from whom a block has parted the reader since the page was opened. */
const hidden = signal<ReadonlySet<string>>(new Set());

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
  const view = await fetchPerson(handle);
  if (view && !view.hidden) mark(view.account.id, false);
}

async function fetchPerson(handle: string): Promise<AccountView | undefined> {
  const known = person(handle);
  try {
    const view = await kanvas.accountByHandle(handle);
    learnNames(view.account);
    known.value = { phase: "ready", view };
    return view;
  } catch (failure) {
    // What was seen before is better than nothing.
    if (known.value.phase !== "ready") known.value = { phase: "failed", failure };
    return undefined;
  }
}

export function forgetPeople(): void {
  people.clear();
  names.clear();
  hidden.value = new Set();
}

/** How somebody is called now. Components that use it follow a change. */
export function nameOf(author: Author): string {
  const known = namesOf(author).value;
  const { display_name, handle } = known.version > author.version ? known : author;
  return display_name || handle;
}

/** Takes in how somebody is called, whatever told it: the higher version has the newer names. */
export function learnNames(author: Author): void {
  const known = namesOf(author);
  if (author.version > known.peek().version) known.value = author;
}

/** Takes in somebody whose profile has changed; the reader's own may have on another device. */
export function learnAccount(account: Account): void {
  learnNames(account);
  const before = me.peek();
  if (before?.id === account.id && before.version < account.version) me.value = account;
  const view = viewOf(account.id);
  if (view && view.account.version < account.version) show({ ...view, account });
}

/** Whether a block hides somebody from the reader, as the live stream told. */
export function isHidden(id: string): boolean {
  return hidden.value.has(id);
}

/** Takes in that somebody is hidden from the reader now, or no longer. */
export function noteHidden(id: string, isHiddenNow: boolean): void {
  mark(id, isHiddenNow);
  const view = viewOf(id);
  // The instance that answers may not know of the block yet: the mark stays, whatever it says.
  if (view) void fetchPerson(view.account.handle);
}

/** Takes in that the reader follows somebody now, or no longer, wherever they asked for that. */
export function noteFollowing(id: string, following: boolean): void {
  const view = viewOf(id);
  if (!view || relationshipOf(view).following === following) return;
  const relationship = { ...relationshipOf(view), following };
  show({ ...view, relationship, follower_count: view.follower_count + (following ? 1 : -1) });
}

function mark(id: string, isHiddenNow: boolean): void {
  const others = [...hidden.peek()].filter((other) => other !== id);
  if (isHiddenNow || others.length < hidden.peek().size) {
    hidden.value = new Set(isHiddenNow ? [...others, id] : others);
  }
}

/** Takes in what is known of somebody now. */
export function show(view: AccountView): void {
  person(view.account.handle).value = { phase: "ready", view };
}

function namesOf(author: Author): Signal<Author> {
  const known = names.get(author.id) ?? signal(author);
  names.set(author.id, known);
  return known;
}

function viewOf(id: string): AccountView | undefined {
  for (const known of people.values()) {
    const seen = known.peek();
    if (seen.phase === "ready" && seen.view.account.id === id) return seen.view;
  }
  return undefined;
}

const STRANGER: Relationship = { following: false, followed_by: false, blocking: false };

export function relationshipOf(view: AccountView): Relationship {
  return view.relationship ?? STRANGER;
}
