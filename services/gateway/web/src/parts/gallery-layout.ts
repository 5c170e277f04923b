/** Where cards stand: columns of pictures at their own shape, known before anything is loaded. */

export interface CardShape {
  id: string;
  /** Width over height of the picture. */
  ratio: number;
  captionLines: number;
}

export interface Measures {
  width: number;
  columns: number;
  gap: number;
  /** Height of the row under the picture. */
  foot: number;
  lineHeight: number;
}

export interface PlacedCard {
  id: string;
  x: number;
  y: number;
  width: number;
  height: number;
  pictureHeight: number;
}

export interface Layout {
  cards: readonly PlacedCard[];
  byId: ReadonlyMap<string, PlacedCard>;
  height: number;
  columnWidth: number;
}

const NARROWEST_COLUMN = 272;
const MOST_COLUMNS = 5;
const TALLEST = 0.56;
const WIDEST = 2.4;

export function columnsFor(width: number, gap: number): number {
  const fitting = Math.floor((width + gap) / (NARROWEST_COLUMN + gap));
  return Math.max(1, Math.min(MOST_COLUMNS, fitting));
}

export function columnWidth({ width, columns, gap }: Measures): number {
  return (width - gap * (columns - 1)) / columns;
}

/**
 * Puts each card into the column that is shortest so far. Cards that are added at the end leave
 * all others where they are.
 */
export function layOut(shapes: readonly CardShape[], measures: Measures): Layout {
  const { columns, gap, foot, lineHeight } = measures;
  const width = columnWidth(measures);
  const bottoms = Array.from({ length: columns }, () => 0);
  const cards = shapes.map(({ id, ratio, captionLines }): PlacedCard => {
    const column = bottoms.indexOf(Math.min(...bottoms));
    const y = bottoms[column] ?? 0;
    const pictureHeight = Math.round(width / Math.min(WIDEST, Math.max(TALLEST, ratio)));
    const height = pictureHeight + foot + captionLines * lineHeight;
    bottoms[column] = y + height + gap;
    return { id, x: Math.round(column * (width + gap)), y, width, height, pictureHeight };
  });
  return {
    cards,
    byId: new Map(cards.map((card) => [card.id, card])),
    height: Math.max(0, ...bottoms.map((bottom) => bottom - gap)),
    columnWidth: width,
  };
}

/** The place of a card, for the styles, which print cards elsewhere. */
export function placeStyle({ x, y, width, height, pictureHeight }: Omit<PlacedCard, "id">) {
  return {
    "--card-x": `${x}px`,
    "--card-y": `${y}px`,
    "--card-width": `${width}px`,
    "--card-height": `${height}px`,
    "--card-picture-height": `${pictureHeight}px`,
  };
}

/** The cards of a layout that touch a stretch of it; at most so many, from the top of the stretch. */
export function cardsBetween(layout: Layout, from: number, to: number, most: number): PlacedCard[] {
  return layout.cards.filter(({ y, height }) => y < to && y + height > from).slice(0, most);
}

/**
 * How far the view has to move so that what is being read stays under the eye: by as much as the
 * first card at or below `top` has moved. 0 where there is no such card in both layouts.
 */
export function shiftOf(before: Layout, after: Layout, top: number): number {
  let anchor: PlacedCard | undefined;
  for (const card of before.cards) {
    const isInView = card.y + card.height > top && after.byId.has(card.id);
    if (isInView && (!anchor || card.y < anchor.y)) anchor = card;
  }
  return anchor ? (after.byId.get(anchor.id)?.y ?? anchor.y) - anchor.y : 0;
}
