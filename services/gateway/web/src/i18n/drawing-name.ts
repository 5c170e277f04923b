import { signal } from "@preact/signals";
import { language } from "../state/preferences";
import address from "./drawings.json?url";

/** Indonesian names of drawings by their English ones; empty until they are fetched. */
const indonesian = signal<ReadonlyMap<string, string>>(new Map());

/** Fetches the names of drawings in the reader's language, where models do not speak it. */
export async function loadDrawingNames(): Promise<void> {
  if (language.value !== "id" || indonesian.peek().size > 0) return;
  try {
    indonesian.value = new Map(Object.entries(await (await fetch(address)).json()));
  } catch {
    // The names stay as the model tells them.
  }
}

/** A drawing's name in the reader's language, or as the model tells it. */
export function drawingName(name: string): string {
  return (language.value === "id" && indonesian.value.get(name)) || name;
}
