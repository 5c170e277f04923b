import type { LiveFeed } from "../state/live-feed";

/** Shows what has arrived and glides up to it. */
export function showArrived(feed: LiveFeed): void {
  if (feed.arrived.value.length === 0) return;
  feed.reveal();
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  // After the cards are in place, which keeps the view where it was.
  requestAnimationFrame(() => scrollTo({ top: 0, behavior: isStill ? "instant" : "smooth" }));
}
