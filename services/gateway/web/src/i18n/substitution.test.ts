import { afterEach, expect, it, vi } from "vitest";
import { language } from "../state/preferences";
import { loadDrawingNames } from "./drawing-name";
import { substitutionText } from "./substitution";

/** It has a sign that may stand in text of either direction. */
const MORE = "\u2068… (+12)\u2069";

afterEach(() => {
  language.value = "en";
});

it.each([
  ["lynx → cat", "lynx → cat", "lynx → cat"],
  ["naga → left out", "naga → left out", "naga → tidak digambar"],
  ["red - hat → kept out", "red - hat → kept out", "red - hat → dihindari"],
  ["… (+12) → left out", `${MORE} → left out`, `${MORE} → tidak digambar`],
  ["an → an empty scene", "an → an empty scene", "an → pemandangan kosong"],
  ["cat air → ink", "cat air → Ink", "cat air → Tinta"],
])("says %s in the reader's language", (told, english, indonesian) => {
  expect(substitutionText(told)).toBe(english);
  language.value = "id";
  expect(substitutionText(told)).toBe(indonesian);
});

it("lets words from right to left not turn what became of them", () => {
  expect(substitutionText("قارب → left out")).toBe("\u2068قارب\u2069 → left out");
});

it("takes no sentence of the model for a pair", () => {
  expect(substitutionText("Only English and Indonesian are read.")).toBeUndefined();
});

it("calls what is drawn as the reader's language does, once it knows how", async () => {
  const fetch = vi.fn(async () => Response.json({ cat: "kucing", "left of": "di sebelah kiri" }));
  vi.stubGlobal("fetch", fetch);
  await loadDrawingNames();
  expect(fetch).not.toHaveBeenCalled(); // models speak English
  language.value = "id";
  expect(substitutionText("lynx → cat")).toBe("lynx → cat");
  await loadDrawingNames();
  await loadDrawingNames();
  expect(fetch).toHaveBeenCalledTimes(1);
  expect(substitutionText("lynx → cat")).toBe("lynx → kucing");
  expect(substitutionText("leading → left of")).toBe("leading → di sebelah kiri");
  expect(substitutionText("lynx → constructor")).toBe("lynx → constructor");
  language.value = "en";
  expect(substitutionText("lynx → cat")).toBe("lynx → cat");
});
