import { keep, keptKeys, recall, type Storing } from "../storage";

/**
 * Texts that somebody has begun and not handed in: on this device, under the account to which they
 * belong, in a tab or after it. Each tab finds its own again; a new tab begins with what was kept
 * last. Whoever signs out has theirs forgotten; all others are forgotten after 30 days.
 */
const PLACES: readonly Storing[] = ["sessionStorage", "localStorage"];
const PREFIX = "kanvas.draft.";
const VISITOR = "visitor";
const KEPT_MS = 30 * 24 * 3_600_000;

interface Kept {
  /** When it was kept, by this device's clock. */
  at: number;
  value: Record<string, unknown>;
}

let owner = VISITOR;

/** Turns to the texts of an account, or with undefined to those of whoever has not signed in. */
export function turnToDraftsOf(accountId: string | undefined): void {
  owner = accountId ?? VISITOR;
}

/** Keeps a text of whose turn it is, or with undefined forgets it. */
export function keepDraft(name: string, value: object | undefined): void {
  const kept = value && JSON.stringify({ at: Date.now(), value });
  for (const place of PLACES) keep(place, keyOf(owner, name), kept);
}

/** A text of whose turn it is, as it was kept, by this version of the page or by another one. */
export function recallDraft(name: string): Record<string, unknown> {
  const key = keyOf(owner, name);
  return (read("sessionStorage", key) ?? read("localStorage", key))?.value ?? {};
}

/** Forgets the texts of whose turn it is, and those that were begun without signing in. */
export function forgetDrafts(): void {
  for (const whose of new Set([owner, VISITOR])) {
    for (const place of PLACES) {
      for (const key of keptKeys(place, keyOf(whose, ""))) keep(place, key, undefined);
    }
  }
}

/** Forgets whatever was not touched for 30 days, whoever's it is. */
export function forgetOldDrafts(): void {
  for (const place of PLACES) {
    for (const key of keptKeys(place, PREFIX)) {
      const age = Date.now() - (read(place, key)?.at ?? 0);
      if (age > KEPT_MS) keep(place, key, undefined);
    }
  }
}

const keyOf = (whose: string, name: string) => `${PREFIX}${whose}.${name}`;

/** What is kept under a key; undefined for nothing, and for what no page of Kanvas wrote. */
function read(place: Storing, key: string): Kept | undefined {
  try {
    const kept: unknown = JSON.parse(recall(place, key) ?? "null");
    return isKept(kept) ? kept : undefined;
  } catch {
    return undefined;
  }
}

function isKept(kept: unknown): kept is Kept {
  const { at, value } = (kept ?? {}) as Partial<Kept>;
  return typeof at === "number" && typeof value === "object" && value !== null;
}
