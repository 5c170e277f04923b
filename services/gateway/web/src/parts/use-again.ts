import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import { isMissing } from "../api/pictures";

const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;

interface Failed {
  /** Whether the picture has not come; nothing is done while it may. */
  hasFailed: boolean;
  /** How often it was asked for again before. */
  attempt: number;
  url: string;
  /** Where it stands. */
  place: RefObject<Element | null>;
}

/**
 * Says when to ask again for a picture that has not come: after a pause that doubles, when the
 * network is back, and when its place comes back to the screen. One that the gateway does not have
 * for this reader is not asked for by the clock.
 */
export function useAgain({ hasFailed, attempt, url, place }: Failed, again: () => void): void {
  useEffect(() => {
    if (!hasFailed) return undefined;
    const isOver = new AbortController();
    const { signal } = isOver;
    const timer = setTimeout(again, Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS));
    void isMissing(url, signal).then((missing) => missing && clearTimeout(timer));
    addEventListener("online", again, { signal });
    const stopWatching = onReturn(place.current, again);
    return () => {
      isOver.abort();
      clearTimeout(timer);
      stopWatching();
    };
  }, [hasFailed, attempt]);
}

/** Calls back once an element that has left the screen is there again. */
function onReturn(element: Element | null, back: () => void): () => void {
  let hasLeft = false;
  const observer = new IntersectionObserver((entries) => {
    const isOnScreen = entries.at(-1)?.isIntersecting ?? false;
    if (isOnScreen && hasLeft) back();
    hasLeft ||= !isOnScreen;
  });
  if (element) observer.observe(element);
  return () => observer.disconnect();
}
