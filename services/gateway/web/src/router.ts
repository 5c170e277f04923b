import { signal } from "@preact/signals";

/** Where one can be. */
export type Place =
  | { room: "home" }
  | { room: "explore" }
  | { room: "profile"; handle: string; list?: "followers" | "following" }
  | { room: "post"; id: string }
  | { room: "tag"; name: string }
  | { room: "signUp" }
  | { room: "signIn" }
  | { room: "settings" }
  | { room: "missing" };

const FIXED: Record<string, Place> = {
  "/": { room: "home" },
  "/explore": { room: "explore" },
  "/signup": { room: "signUp" },
  "/sign-up": { room: "signUp" },
  "/signin": { room: "signIn" },
  "/sign-in": { room: "signIn" },
  "/settings": { room: "settings" },
};

/** What a sentence leaves at the end of a link. */
const AROUND_LINKS = /[\s.,;:!?)\]>'"”’»…]+$/u;

/** The place that a path names, however a link was written, encoded or cut out of a sentence. */
export function placeOf(encoded: string): Place {
  const path = decoded(encoded)?.replace(AROUND_LINKS, "");
  if (path === undefined) return { room: "missing" };
  const fixed = FIXED[path.length > 1 ? path.replace(/\/$/, "") : path];
  if (fixed) return fixed;
  const profile = /^\/@([A-Za-z0-9_]+)(?:\/(followers|following))?\/?$/.exec(path);
  if (profile?.[1]) {
    const list = profile[2] as "followers" | "following" | undefined;
    return { room: "profile", handle: profile[1].toLowerCase(), ...(list && { list }) };
  }
  const post = /^\/p\/([0-9a-fA-F-]{36})\/?$/.exec(path);
  if (post?.[1]) return { room: "post", id: post[1].toLowerCase() };
  const tag = /^\/tags\/([^/]+)\/?$/.exec(path);
  if (tag?.[1]) return { room: "tag", name: caseless(tag[1]) };
  return { room: "missing" };
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/**
 * The name of a tag, however it is typed. A few letters stay that the service folds as well, such as
 * ß and ς; it finds their feed all the same.
 */
const caseless = (typed: string) => typed.normalize("NFKC").toLowerCase();

export const profilePath = (handle: string) => `/@${handle}`;
export const postPath = (id: string) => `/p/${id}`;
export const tagPath = (name: string) => `/tags/${encodeURIComponent(name)}`;

/** The path to a door of the page, from which one comes back to where one is now. */
export function doorPath(door: "signin" | "signup"): string {
  const { room } = place.value;
  if (room === "signIn" || room === "signUp") return `/${door}${location.search}`;
  if (room === "home") return `/${door}`;
  return `/${door}?next=${encodeURIComponent(location.pathname + location.search)}`;
}

/** A path of this page from an untrusted `next`; home for anything else. */
export function safeNext(next: string | null): string {
  return next && /^\/(?![/\\])/.test(next) ? next : "/";
}

export const place = signal<Place>({ room: "home" });

const RESTORE_FRAMES = 60;

/** A place in the history, as the browser keeps it. */
interface Entry {
  entry: number;
  /** Whether it stands for what lies over the room, and not for a room. */
  isLayer?: boolean;
}

/** What lies over the room, the topmost last; each is how to close it. */
const layers: (() => void)[] = [];
/** Whether the history stands at an entry of the layers', which Back uses up. */
let hasLayerEntry = false;
/** Whether the browser is on its way back from that entry; what comes next waits for it. */
let isReturning = false;
let afterReturn: (() => void) | undefined;

/** Scroll positions by history entry, for as long as the page lives. */
const scrolled = new Map<number, number>();
let entry = 0;
let entries = 0;

/** Takes over links and history. Call once, before the first render. */
export function startRouter(): void {
  history.scrollRestoration = "manual";
  standWhereItStood(history.state as Entry | null);
  place.value = placeOf(location.pathname);
  addEventListener("popstate", ({ state }: PopStateEvent) => {
    arriveAt((state as Entry | null) ?? { entry: 0 });
  });
  document.addEventListener("click", followLink);
}

/** A page that is loaded again keeps its place in the history; what lay over its room is closed. */
function standWhereItStood(kept: Entry | null): void {
  entry = kept?.entry ?? 0;
  entries = entry;
  history.replaceState({ entry }, "");
  if (!kept?.isLayer) return;
  isReturning = true;
  history.back();
}

/**
 * Notes that something lies over the room, and that Back closes it instead of leaving the room.
 *
 * @param close Called by Back, or when another room is gone to.
 * @returns To be called once it is closed, however that came about.
 */
export function openLayer(close: () => void): () => void {
  layers.push(close);
  settleLayers();
  return () => {
    const index = layers.indexOf(close);
    if (index < 0) return;
    layers.splice(index, 1);
    settleLayers();
  };
}

/** One entry of the history stands for all layers together: there while there is a layer. */
function settleLayers(): void {
  if (isReturning || hasLayerEntry === layers.length > 0) return;
  hasLayerEntry = layers.length > 0;
  if (hasLayerEntry) history.pushState({ entry, isLayer: true }, "");
  else {
    isReturning = true;
    history.back();
  }
}

function closeLayers(): void {
  hasLayerEntry = false;
  for (const close of layers.splice(0).reverse()) close();
}

function arriveAt(state: Entry): void {
  if (isReturning) {
    isReturning = false;
    settleLayers();
    const next = afterReturn;
    afterReturn = undefined;
    next?.();
    return;
  }
  if (hasLayerEntry && state.entry === entry) {
    hasLayerEntry = false;
    layers.at(-1)?.();
    return;
  }
  closeLayers();
  leave();
  entry = state.entry;
  place.value = placeOf(location.pathname);
  restoreScroll(scrolled.get(entry) ?? 0);
}

/** Goes to a path of this page. What lies over the room is closed, and its entry used. */
export function navigate(path: string, { replace = false } = {}): void {
  if (isReturning) {
    afterReturn = () => navigate(path, { replace });
    return;
  }
  const replaces = replace || hasLayerEntry;
  closeLayers();
  leave();
  if (!replace) {
    entries += 1;
    entry = entries;
  }
  history[replaces ? "replaceState" : "pushState"]({ entry }, "", path);
  place.value = placeOf(location.pathname);
  scrollTo({ top: 0, behavior: "instant" });
}

/** Back, where there is somewhere to go back to; home otherwise. */
export function goBack(): void {
  if (isReturning) {
    afterReturn = goBack;
    return;
  }
  if (entry > 0) history.back();
  else navigate("/");
}

function leave(): void {
  scrolled.set(entry, scrollY);
}

function followLink(click: MouseEvent): void {
  const modified = click.metaKey || click.ctrlKey || click.shiftKey || click.altKey;
  if (click.defaultPrevented || click.button !== 0 || modified) return;
  const link = (click.target as Element | null)?.closest?.("a");
  if (!link || link.target || link.hasAttribute("download")) return;
  if (link.origin !== location.origin || link.pathname.startsWith("/media/")) return;
  if (link.hash && link.pathname === location.pathname) return;
  click.preventDefault();
  const isHere = link.pathname === location.pathname && link.search === location.search;
  navigate(link.pathname + link.search, { replace: isHere });
}

/** The room is drawn over the next frames: waits until the document is long enough. */
function restoreScroll(top: number, frames = RESTORE_FRAMES): void {
  requestAnimationFrame(() => {
    scrollTo({ top, behavior: "instant" });
    if (Math.abs(scrollY - top) > 1 && frames > 0) restoreScroll(top, frames - 1);
  });
}
