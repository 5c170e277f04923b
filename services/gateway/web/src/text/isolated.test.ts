import { expect, it } from "vitest";
import { firstGrapheme } from "./graphemes";
import { isolated } from "./isolated";

it("gives words that could turn a sentence a direction of their own", () => {
  expect(isolated("שלום")).toBe("\u2068שלום\u2069");
  expect(isolated("\u202egpj.live")).toBe("\u2068\u202egpj.live\u2069");
});

it("leaves other words as they are", () => {
  expect(isolated("Ana Łukasz 日本 Анна")).toBe("Ana Łukasz 日本 Анна");
});

it("takes a letter with its marks, and an emoji with its parts, for one", () => {
  expect(firstGrapheme("e\u0301a")).toBe("e\u0301");
  expect(firstGrapheme("👩‍🚀 Zoe")).toBe("👩‍🚀");
  expect(firstGrapheme("")).toBe("");
});
