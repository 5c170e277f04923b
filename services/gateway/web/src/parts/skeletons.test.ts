import { expect, test } from "vitest";

const sources = import.meta.glob<string>("../{parts,rooms}/*.tsx", {
  eager: true,
  import: "default",
  query: "?raw",
});

/** What stands on a page once, so that a skeleton may look like it: a circle of its size. */
const SHAPES = /^avatar(--|$)/;

// Whoever looks for a card must not find what is shown while cards load: a style of real things,
// a script or a test would take the one for the other.
test("a skeleton has no class of what it stands for", () => {
  const mixed = Object.values(sources)
    .flatMap((source) => [...source.matchAll(/class="([^"]*\bskeleton\b[^"]*)"/g)])
    .flatMap(([, names]) => (names ?? "").split(" "))
    .filter((name) => !name.startsWith("skeleton") && !SHAPES.test(name));
  expect(Object.keys(sources).length).toBeGreaterThan(0);
  expect(mixed).toEqual([]);
});
