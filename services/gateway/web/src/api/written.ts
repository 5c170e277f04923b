import { keep, recall } from "../storage";
import type { Position } from "./types";

/** The log whose order a position belongs to; positions of the two must not be mixed. */
export type Log = "feed" | "graph";

const KEPT: Record<Log, string> = { feed: "kanvas.written.feed", graph: "kanvas.written.graph" };

/**
 * Positions of this tab's latest writes. Reads ask for an answer that includes them (`at_least`),
 * so that whichever instance answers, people see what they have just done, after a reload too.
 */
const positions = new Map<Log, Position>();

export function noteWritten(log: Log, position: Position): void {
  positions.set(log, position);
  keep("sessionStorage", KEPT[log], position);
}

export function lastWritten(log: Log): Position | undefined {
  return positions.get(log) ?? recall("sessionStorage", KEPT[log]) ?? undefined;
}

/** Nobody is signed in any more: what was written may even have been in another world. */
export function forgetWritten(): void {
  positions.clear();
  for (const key of Object.values(KEPT)) keep("sessionStorage", key, undefined);
}
