/** What the browser keeps for this page: across visits, or across reloads of one tab. */
export type Storing = "localStorage" | "sessionStorage";

/** What is kept under a key; null when nothing is, or when the browser refuses (private window). */
export function recall(storing: Storing, key: string): string | null {
  try {
    return globalThis[storing].getItem(key);
  } catch {
    return null;
  }
}

/** Keeps a text, or with undefined forgets it; not where the browser refuses to. */
export function keep(storing: Storing, key: string, value: string | undefined): void {
  try {
    if (value === undefined) globalThis[storing].removeItem(key);
    else globalThis[storing].setItem(key, value);
  } catch {
    // The page works without.
  }
}

/** The keys that begin so and under which something is kept. */
export function keptKeys(storing: Storing, prefix: string): string[] {
  try {
    return Object.keys(globalThis[storing]).filter((key) => key.startsWith(prefix));
  } catch {
    return [];
  }
}
