/**
 * The time as the gateway has it. Ids carry the time at which they were made, and the gateway
 * judges them by its own clock: a page whose machine is days off must not be refused everything.
 */

/** An HTTP date has whole seconds, and the answer takes its way: less is no difference. */
const LEAST_DIFFERENCE_MS = 2_000;

let aheadMs = 0;

/** Takes in the `Date` of an answer that has just come. */
export function noteServerDate(date: string | null): void {
  const ahead = Date.parse(date ?? "") - Date.now();
  if (Number.isNaN(ahead)) return;
  aheadMs = Math.abs(ahead) < LEAST_DIFFERENCE_MS ? 0 : ahead;
}

/** Milliseconds since 1970 at the gateway, as far as its last answer tells. */
export function serverNow(): number {
  return Date.now() + aheadMs;
}
