const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/**
 * Pause before reconnecting for the nth time in a row (counted from 0), in milliseconds.
 *
 * It doubles up to half a minute and is spread over its upper half, so that a server that comes
 * back is not met by everyone at once.
 */
export function reconnectPause(attempt: number, random: () => number = Math.random): number {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt);
  return longest * (0.5 + random() / 2);
}
