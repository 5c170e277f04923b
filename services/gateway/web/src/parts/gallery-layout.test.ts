import { describe, expect, it } from "vitest";
import { type CardShape, cardsBetween, columnsFor, layOut, shiftOf } from "./gallery-layout";

const MEASURES = { width: 624, columns: 2, gap: 24, foot: 44, lineHeight: 22 };

function shapes(count: number): CardShape[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `p${index}`,
    ratio: [1.5, 0.75, 1][index % 3] ?? 1,
    captionLines: index % 3,
  }));
}

it("has one column on a phone and several on a desk", () => {
  expect([358, 620, 1144, 1700, 4000].map((width) => columnsFor(width, 24))).toEqual([
    1, 2, 3, 5, 5,
  ]);
});

it("gives each picture its own shape and its caption its lines", () => {
  const [first] = layOut([{ id: "a", ratio: 1.5, captionLines: 2 }], MEASURES).cards;
  expect(first).toMatchObject({ width: 300, pictureHeight: 200, height: 200 + 44 + 44 });
});

it("leaves all cards where they are when more are added at the end", () => {
  const before = layOut(shapes(20), MEASURES);
  const after = layOut(shapes(60), MEASURES);
  expect(after.cards.slice(0, 20)).toEqual(before.cards);
});

it("never lays a card over another", () => {
  const { cards } = layOut(shapes(200), MEASURES);
  for (const x of [0, 324]) {
    const column = cards.filter((card) => card.x === x);
    for (const [index, card] of column.slice(1).entries()) {
      const above = column[index];
      expect(card.y).toBeGreaterThanOrEqual((above?.y ?? 0) + (above?.height ?? 0));
    }
  }
});

it("keeps few cards in the document however long the feed is", () => {
  const layout = layOut(shapes(10_000), MEASURES);
  const cards = cardsBetween(layout, 400_000, 402_700, 150);
  expect(cards.length).toBeGreaterThan(5);
  expect(cards.length).toBeLessThanOrEqual(150);
  expect(cardsBetween(layout, 0, layout.height, 150)).toHaveLength(150);
});

describe("the view", () => {
  const before = layOut(shapes(30), MEASURES);

  it("moves by as much as what is being read has moved", () => {
    const added = [{ id: "new", ratio: 1, captionLines: 0 }, ...shapes(30)];
    const after = layOut(added, MEASURES);
    const reading = before.cards.find(({ y, height }) => y + height > 900);
    const shift = shiftOf(before, after, 900);
    expect(shift).not.toBe(0);
    expect(before.cards.some(({ id, y }) => after.byId.get(id)?.y === y + shift)).toBe(true);
    expect(reading).toBeDefined();
  });

  it("stays where what went stood below", () => {
    const after = layOut(shapes(29), MEASURES);
    expect(shiftOf(before, after, 300)).toBe(0);
  });

  it("stays where nothing of before is left", () => {
    const after = layOut([{ id: "other", ratio: 1, captionLines: 0 }], MEASURES);
    expect(shiftOf(before, after, 300)).toBe(0);
  });
});
