import { computed, signal } from "@preact/signals";
import { Problem } from "../api/failure";
import * as kanvas from "../api/kanvas";
import type { Account, CurrentSession, SignUpRequest } from "../api/types";
import { forgetWritten } from "../api/written";

/** Undefined until the gateway has told who is signed in; null when nobody is. */
export const account = signal<Account | null | undefined>(undefined);

export const signedIn = computed(() => Boolean(account.value));

let current: CurrentSession | undefined;
/** Called when another person is signed in than before: feeds and the stream begin again. */
let onChange: () => void = () => undefined;

export function whenSessionChanges(callback: () => void): void {
  onChange = callback;
}

/**
 * Asks who is signed in; the cookie says so, and no script can read it.
 *
 * @throws Problem other than 401, Unreachable.
 */
export async function loadSession(): Promise<void> {
  const wasSignedIn = signedIn.value;
  try {
    current = await kanvas.currentSession();
    account.value = current.account;
  } catch (failure) {
    if (!(failure instanceof Problem && failure.status === 401)) throw failure;
    forget();
    if (wasSignedIn) onChange();
  }
}

function forget(): void {
  current = undefined;
  account.value = null;
  forgetWritten();
}

/** Where the live stream is and as whom to connect. */
export async function streamAccess(renew: boolean): Promise<{ url: string; token?: string }> {
  if (account.value === null) return { url: (await kanvas.config()).stream_url };
  if (renew || !current) await loadSession();
  if (!current) return { url: (await kanvas.config()).stream_url };
  return { url: current.stream_url, token: current.stream_token };
}

export async function signUp(request: SignUpRequest): Promise<void> {
  await kanvas.signUp(request);
  await enter();
}

export async function signIn(handle: string, password: string): Promise<void> {
  await kanvas.signIn(handle, password);
  await enter();
}

export async function signOut(): Promise<void> {
  await kanvas.signOut();
  forget();
  onChange();
}

async function enter(): Promise<void> {
  await loadSession();
  onChange();
}
