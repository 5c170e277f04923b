import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { isHelpedBySigningIn } from "../api/failure";
import { problemSentence } from "../i18n/problem-sentence";
import { t } from "../i18n/translate";
import { bindGallery } from "../state/keyboard";
import type { LiveFeed } from "../state/live-feed";
import { postSignal, toggleLike } from "../state/posts";
import { signedIn } from "../state/session";
import { captionLines } from "./caption-lines";
import {
  type CardShape,
  cardsBetween,
  columnsFor,
  columnWidth,
  type Layout,
  layOut,
  type Measures,
  placeStyle,
  shiftOf,
} from "./gallery-layout";
import { NewPostsPill } from "./new-posts-pill";
import { Notice } from "./notice";
import { PostCard } from "./post-card";
import { showArrived } from "./show-arrived";
import { TryAgain } from "./try-again";
import { useStretch } from "./use-stretch";

/** Cards in the document at once, however long the feed is. */
const MOST_CARDS = 150;
const GAP = 24;
const FOOT_REM = 2.75;
const LINE_REM = 1.375;
const TEXT_REM = 0.9375;
const LOAD_AHEAD = 1_600;
const SKELETON_RATIOS = [1.5, 0.67, 1, 1.33, 1, 1.5, 0.67, 1.33, 1, 1.5];

interface Props {
  feed: LiveFeed;
  /** What stands here while there are no pictures. */
  empty: ComponentChildren;
}

/** A feed as columns of pictures: it keeps the reader's place and only the cards near the screen. */
export function Gallery({ feed, empty }: Props) {
  useEffect(() => {
    void feed.open();
    return feed.show();
  }, [feed]);
  const phase = feed.phase.value;
  if (phase === "failed") {
    const failure = feed.failure.value;
    const why = isHelpedBySigningIn(failure) ? problemSentence(failure) : t("feed.failed");
    return (
      <Notice title={why}>
        <TryAgain failure={failure} load={() => feed.open()} />
      </Notice>
    );
  }
  const hasCards = feed.shown.value.length > 0;
  if (!hasCards && phase !== "ready") return <GallerySkeleton />;
  if (!hasCards) return <>{empty}</>;
  return (
    <>
      <NewPostsPill feed={feed} />
      <Cards feed={feed} />
      <GalleryEnd feed={feed} />
    </>
  );
}

function Cards({ feed }: { feed: LiveFeed }) {
  const frame = useRef<HTMLDivElement>(null);
  const { width, from, to } = useStretch(frame);
  const ids = feed.shown.value;
  const folding = feed.folding.value;
  const layout = useLayout(ids, width);
  const isGliding = useSteadyView(frame, layout);
  const known = useFresh(ids);
  const [kept, keep] = useFocusKeeper(frame, feed, layout);
  useEffect(() => {
    if (to + LOAD_AHEAD > layout.height && feed.more.value === "idle") void feed.loadMore();
  }, [to, layout, feed]);

  const cards = cardsBetween(layout, from, to, MOST_CARDS);
  const keptCard = kept === undefined ? undefined : layout.byId.get(kept);
  if (keptCard && !cards.includes(keptCard)) cards.push(keptCard);
  const indexes = useMemo(() => new Map(ids.map((id, index) => [id, index])), [ids]);
  return (
    <div
      ref={frame}
      class={isGliding ? "gallery gallery--gliding" : "gallery"}
      role="feed"
      aria-label={t("feed.label")}
      aria-busy={feed.more.value === "loading"}
      style={{ "--gallery-height": `${layout.height}px` }}
      onFocusIn={({ target }) => keep(postOf(target))}
    >
      {cards.map((card) => (
        <PostCard
          key={card.id}
          place={card}
          index={indexes.get(card.id) ?? 0}
          count={feed.hasMore.value ? -1 : ids.length}
          isFolding={folding.has(card.id)}
          isFresh={!known.has(card.id)}
        />
      ))}
    </div>
  );
}

function postOf(target: EventTarget | null): string | undefined {
  return (target as Element | null)?.closest<HTMLElement>("[data-post]")?.dataset.post;
}

function measuresFor(width: number): Measures {
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  const columns = columnsFor(width, GAP);
  return { width, columns, gap: GAP, foot: FOOT_REM * rem, lineHeight: LINE_REM * rem };
}

function useLayout(ids: readonly string[], width: number): Layout {
  const [isFontReady, setFontReady] = useState(document.fonts.status === "loaded");
  useEffect(() => {
    void document.fonts.ready.then(() => setFontReady(true));
  }, []);
  return useMemo(() => {
    const measures = measuresFor(width);
    const { fontFamily, fontSize } = getComputedStyle(document.documentElement);
    const font = `${TEXT_REM * Number.parseFloat(fontSize)}px ${fontFamily}`;
    const lineWidth = columnWidth(measures);
    const shapes = ids.flatMap((id): CardShape[] => {
      // Not subscribed to: a like must not lay out thousands of cards again.
      const post = postSignal(id).peek();
      if (!post) return [];
      const ratio = post.picture.width / post.picture.height;
      return [{ id, ratio, captionLines: captionLines(post.caption, lineWidth, font) }];
    });
    return layOut(width > 0 ? shapes : [], measures);
  }, [ids, width, isFontReady]);
}

/**
 * Keeps what is being read under the eye when cards come or go above it. True when nothing had to
 * be kept: then the cards may glide to their new places.
 */
function useSteadyView(frame: RefObject<HTMLElement | null>, layout: Layout): boolean {
  const before = useRef(layout);
  const [isGliding, setGliding] = useState(false);
  useLayoutEffect(() => {
    const previous = before.current;
    before.current = layout;
    if (!frame.current || previous === layout) return;
    const isSameWidth = previous.columnWidth === layout.columnWidth;
    const top = -frame.current.getBoundingClientRect().top;
    const shift = top > 0 ? shiftOf(previous, layout, top) : 0;
    if (Math.abs(shift) >= 1) scrollBy({ top: shift, behavior: "instant" });
    setGliding(isSameWidth && shift === 0);
  }, [layout]);
  return isGliding;
}

/** The ids that stood here a moment ago: the others appear softly. */
function useFresh(ids: readonly string[]): ReadonlySet<string> {
  const known = useRef<ReadonlySet<string>>(new Set(ids));
  const before = known.current;
  useEffect(() => {
    const timer = setTimeout(() => {
      known.current = new Set(ids);
    }, 600);
    return () => clearTimeout(timer);
  }, [ids]);
  return before;
}

/** The focused card stays in the document wherever one scrolls, and `j` and `k` move from it. */
function useFocusKeeper(
  frame: RefObject<HTMLElement | null>,
  feed: LiveFeed,
  layout: Layout,
): [string | undefined, (id: string | undefined) => void] {
  /** A new object for each move, so that going there and back again is a change too. */
  const [mark, setMark] = useState<{ id: string | undefined }>({ id: undefined });
  /** Marked for the focus, which it gets once it is in the document. */
  const wanted = useRef<string | undefined>(undefined);
  useEffect(
    () =>
      bindGallery({
        move: (by) => {
          const ids = feed.shown.value;
          // Keys may come faster than cards are drawn.
          const from = wanted.current ?? postOf(document.activeElement) ?? mark.id ?? "";
          const index = ids.indexOf(from);
          const next = ids[Math.min(ids.length - 1, Math.max(0, index + by))];
          if (next === undefined) return;
          wanted.current = next;
          setMark({ id: next });
        },
        like: () => {
          const id = postOf(document.activeElement);
          if (id && signedIn.value) void toggleLike(id);
        },
        reveal: () => showArrived(feed),
      }),
    [feed, layout, mark],
  );
  useEffect(() => {
    if (wanted.current !== undefined) focusCard(frame.current, layout, wanted.current);
    wanted.current = undefined;
  }, [mark]);
  const keep = (id: string | undefined) => {
    setMark((before) => (before.id === id ? before : { id }));
  };
  return [mark.id, keep];
}

const ABOVE_FOCUSED = 96;

function focusCard(frame: HTMLElement | null, layout: Layout, id: string): void {
  const card = layout.byId.get(id);
  if (!frame || !card) return;
  frame.querySelector<HTMLElement>(`[data-post="${id}"] .card-picture`)?.focus({
    preventScroll: true,
  });
  const top = frame.getBoundingClientRect().top + card.y;
  const isInView = top >= ABOVE_FOCUSED && top + card.pictureHeight <= innerHeight - ABOVE_FOCUSED;
  if (!isInView) scrollTo({ top: scrollY + top - ABOVE_FOCUSED, behavior: "instant" });
}

function GallerySkeleton() {
  const frame = useRef<HTMLDivElement>(null);
  const { width } = useStretch(frame);
  const shapes = SKELETON_RATIOS.map((ratio, index) => ({
    id: `${index}`,
    ratio,
    captionLines: 0,
  }));
  const { cards, height } = layOut(width > 0 ? shapes : [], measuresFor(width));
  return (
    <div ref={frame} class="gallery" role="status" style={{ "--gallery-height": `${height}px` }}>
      <span class="hidden">{t("feed.loading")}</span>
      {cards.map((card) => (
        <div
          key={card.id}
          class="skeleton skeleton--card"
          style={placeStyle({ ...card, height: card.pictureHeight })}
        />
      ))}
    </div>
  );
}

function GalleryEnd({ feed }: { feed: LiveFeed }) {
  if (feed.more.value === "failed") {
    return (
      <div class="gallery-end">
        <button type="button" class="button" onClick={() => void feed.loadMore()}>
          {t("feed.more.failed")}
        </button>
      </div>
    );
  }
  if (feed.hasMore.value) return <div class="gallery-end" />;
  return <p class="gallery-end">{t("feed.end")}</p>;
}
