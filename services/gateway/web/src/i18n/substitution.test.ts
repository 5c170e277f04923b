import { afterEach, expect, it } from "vitest";
import { language } from "../state/preferences";
import { substitutionText } from "./substitution";

afterEach(() => {
  language.value = "en";
});

it.each([
  ["lynx → cat", "lynx → cat", "lynx → cat"],
  ["naga → left out", "naga → left out", "naga → tidak digambar"],
  ["red - hat → kept out", "red - hat → kept out", "red - hat → dihindari"],
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
