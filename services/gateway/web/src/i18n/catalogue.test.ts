import { beforeEach, describe, expect, it } from "vitest";
import { language } from "../state/preferences";
import { catalogue, type MessageKey, type Text } from "./catalogue";
import { ago, t } from "./translate";

beforeEach(() => {
  language.value = "en";
});

/** An attribute that people read or hear, with its text. */
const SAID = /\s(?:aria-label|alt|label|placeholder|text|title)="([^"]+)"/g;

function placeholders(text: Text): string[] {
  const whole = typeof text === "string" ? text : text.other;
  return [...whole.matchAll(/\{(\w+)\}/g)].map(([, name]) => String(name)).sort();
}

it.each(Object.keys(catalogue) as MessageKey[])("%s fills in the same in both languages", (key) => {
  expect(placeholders(catalogue[key].id)).toEqual(placeholders(catalogue[key].en));
});

it("holds every word of the page: none stands in an attribute (Biome looks at the rest)", () => {
  const sources = import.meta.glob<string>("../{parts,rooms}/*.tsx", {
    query: "?raw",
    import: "default",
    eager: true,
  });
  const said = Object.entries(sources)
    .filter(([path]) => !path.endsWith(".test.tsx"))
    .flatMap(([, source]) => [...source.matchAll(SAID)].map(([, text]) => text));
  expect(new Set(said)).toEqual(new Set(["Kanvas"])); // the way home on a phone
});

it("chooses the form by the number and writes it as the language does", () => {
  expect(t("post.likes", { n: 1 })).toBe("1 like");
  expect(t("post.likes", { n: 1200 })).toBe("1,200 likes");
  language.value = "id";
  expect(t("post.likes", { n: 1200 })).toBe("1.200 suka");
});

it("does not fill in what a filled-in value contains", () => {
  expect(t("signUp.waiting", { prompt: "a {n} fox" })).toContain("a {n} fox");
});

describe("how long ago", () => {
  const now = Date.parse("2026-11-22T12:00:00Z");

  it.each([
    ["2026-11-22T12:00:04Z", "now"],
    ["2026-11-22T11:59:30Z", "30s ago"],
    ["2026-11-22T10:30:00Z", "1h ago"],
    ["2026-11-19T12:00:00Z", "3d ago"],
    ["2026-11-01T12:00:00Z", "Nov 1, 2026"],
  ])("%s is %s", (iso, text) => {
    expect(ago(iso, now)).toBe(text);
  });
});
