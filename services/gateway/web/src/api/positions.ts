import type { Position } from "./types";

/** Whether one position of a log lies before another one: they are whole numbers, of 64 bits. */
export function isBefore(one: Position, other: Position): boolean {
  return one.length === other.length ? one < other : one.length < other.length;
}
