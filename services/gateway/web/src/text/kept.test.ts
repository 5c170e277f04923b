import { describe, expect, it } from "vitest";
import published from "../../../../../docs/api/text-cases.json?raw";
import { characters, hasForbidden, kept } from "./kept";

interface Case {
  why: string;
  text: string;
  lines: boolean;
  kept?: string;
  characters?: number;
  forbidden?: boolean;
}

const CASES: Case[] = JSON.parse(published);

describe("a text is kept as the published cases say", () => {
  it.each(CASES.filter(({ forbidden }) => !forbidden))("$why", (one) => {
    expect(kept(one.text, one)).toBe(one.kept);
    expect(characters(one.text, one)).toBe(one.characters);
    expect(hasForbidden(kept(one.text, one))).toBe(false);
  });

  it.each(CASES.filter(({ forbidden }) => forbidden))("$why is for no text", (one) => {
    expect(hasForbidden(kept(one.text, one))).toBe(true);
  });
});
