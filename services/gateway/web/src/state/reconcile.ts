/** What becomes of a feed on the screen when it is fetched again. */
export interface Reconciled {
  /** Newer than what is being read: behind the pill. */
  arrived: readonly string[];
  /** What is on the screen, less what has gone. */
  shown: readonly string[];
  /** True when the two do not meet: showing what arrived replaces the rest, or there'd be a hole. */
  replaces: boolean;
}

/**
 * Lays a newly fetched feed (ids, newest first) against the one on the screen without moving what
 * is being read: what stands above the first known post has arrived, the rest is the new truth.
 */
export function reconcile(shown: readonly string[], fetched: readonly string[]): Reconciled {
  const isBare = shown.length === 0 || fetched.length === 0;
  if (isBare) return { arrived: [], shown: fetched, replaces: false };
  const known = new Set(shown);
  const firstKnown = fetched.findIndex((id) => known.has(id));
  if (firstKnown === -1) return { arrived: fetched, shown, replaces: true };
  return {
    arrived: fetched.slice(0, firstKnown),
    shown: fetched.slice(firstKnown),
    replaces: false,
  };
}
