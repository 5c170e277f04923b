import { computed, signal } from "@preact/signals";
import { isForNobody } from "../api/failure";
import * as kanvas from "../api/kanvas";
import { actFor } from "../api/request";
import type { Account, CurrentSession, SignUpRequest } from "../api/types";
import { forgetWritten } from "../api/written";
import { tellTabs } from "./tabs";

/** Undefined until the gateway has told who is signed in; null when nobody is. */
export const account = signal<Account | null | undefined>(undefined);

/** An account whose owner has come to delete it, and until when it can be kept. */
export interface Deletion {
  account: Account;
  eraseAt: string;
}

/** Whose account is being deleted: nobody is signed in then, and only this can be decided on. */
export const deletion = signal<Deletion | undefined>(undefined);

export const signedIn = computed(() => Boolean(account.value));

let current: CurrentSession | undefined;
/** Who was signed in last, until they sign out: their work in the studio waits for them. */
let lastId: string | undefined;
/** Whether the gateway has not told yet who is signed in, and the page is a visitor's meanwhile. */
let isPresumed = false;

interface Change {
  /** Whether who signed in is who was here before: a session can end under their hands. */
  isSamePerson: boolean;
  /** Whether somebody has signed out, and this computer is to forget what they had begun. */
  hasLeft: boolean;
}

/** Called when somebody signed in or out: feeds and the stream begin again. */
let onChange: (change: Change) => void = () => undefined;

export function whenSessionChanges(callback: (change: Change) => void): void {
  onChange = callback;
}

/**
 * Asks who is signed in; the cookie says so, and no script can read it.
 *
 * @throws Problem other than that nobody is signed in, Unreachable.
 */
export async function loadSession(): Promise<void> {
  const before = account.value;
  const known = current;
  try {
    current = await kanvas.currentSession();
  } catch (failure) {
    if (!isForNobody(failure)) throw failure;
    // Whoever has signed in since is not meant.
    if (current !== known) return;
    forget();
    if (before) onChange({ isSamePerson: true, hasLeft: false });
    return;
  }
  const change = sitDown(current);
  // Somebody has signed in, in another tab: what the page shows may not be for their eyes.
  const isNews = before !== undefined && before?.id !== account.value?.id;
  if (isNews) onChange(change);
}

/** Nobody knows who this is: what is public can be looked at, and the stream asks again. */
export function presumeNobody(): void {
  isPresumed = true;
  account.value = null;
}

/**
 * Whose work lies in the studio: who is signed in, or was until their session ended. What was asked
 * for by somebody who has left since is not for the eyes of who is here when it is answered.
 */
export function worker(): string | undefined {
  return lastId;
}

/** Takes in who is here, and what has changed by that. */
function sitDown({ account: who, erase_at: eraseAt }: CurrentSession): Change {
  isPresumed = false;
  actFor(who.id);
  if (eraseAt) {
    // To the page they have left, but for the one thing that they can still do.
    deletion.value = { account: who, eraseAt };
    account.value = null;
    lastId = undefined;
    return { isSamePerson: false, hasLeft: true };
  }
  const isSamePerson = lastId === undefined || lastId === who.id;
  deletion.value = undefined;
  account.value = who;
  lastId = who.id;
  return { isSamePerson, hasLeft: false };
}

function forget(): void {
  isPresumed = false;
  current = undefined;
  deletion.value = undefined;
  account.value = null;
  actFor(undefined);
  forgetWritten();
}

/** Where the live stream is and as whom to connect. */
export async function streamAccess(renew: boolean): Promise<{ url: string; token?: string }> {
  if (account.value === null && !isPresumed) return { url: (await kanvas.config()).stream_url };
  if (renew || !current) await loadSession();
  if (!current) return { url: (await kanvas.config()).stream_url };
  const { stream_url: url, stream_token: token } = current;
  return token === null ? { url } : { url, token };
}

export async function signUp(request: SignUpRequest): Promise<void> {
  await kanvas.signUp(request);
  await enter();
}

export async function signIn(handle: string, password: string): Promise<void> {
  await kanvas.signIn(handle, password);
  await enter();
}

/** Has the own account deleted. Until it is erased it can be kept; see `deletion`. */
export async function deleteAccount(password: string): Promise<void> {
  await kanvas.deleteAccount({ password });
  await enter();
}

/** Keeps the account that is being deleted: everything is as it was. */
export async function keepAccount(): Promise<void> {
  await kanvas.keepAccount();
  await enter();
}

export async function signOut(): Promise<void> {
  await kanvas.signOut();
  const accountId = (account.value ?? deletion.value?.account)?.id;
  leave();
  if (accountId) tellTabs({ hasLeft: accountId });
}

/**
 * Somebody has signed in or out, in another tab of this browser.
 *
 * @param leaver Who signed out; undefined where somebody signed in.
 * @throws As `loadSession`.
 */
export async function followOtherTab(leaver: string | undefined): Promise<void> {
  if (leaver === undefined) await loadSession();
  else if (leaver === (lastId ?? deletion.value?.account.id)) leave();
}

function leave(): void {
  forget();
  lastId = undefined;
  onChange({ isSamePerson: false, hasLeft: true });
}

async function enter(): Promise<void> {
  current = await kanvas.currentSession();
  onChange(sitDown(current));
  tellTabs({});
}
