import { expect, it } from "vitest";
import { placeOf, safeNext } from "./router";

const ID = "01900000-0000-7000-8000-00000000000a";

it.each([
  ["/", { room: "home" }],
  ["/explore", { room: "explore" }],
  ["/explore/", { room: "explore" }],
  ["/@Sari_1", { room: "profile", handle: "sari_1" }],
  ["/@sari/followers", { room: "profile", handle: "sari", list: "followers" }],
  [`/p/${ID}`, { room: "post", id: ID }],
  ["/signup", { room: "signUp" }],
  ["/p/short", { room: "missing" }],
  ["/@", { room: "missing" }],
  ["/somewhere/else", { room: "missing" }],
])("%s", (path, place) => {
  expect(placeOf(path)).toEqual(place);
});

it("goes on only to paths of this page", () => {
  expect(safeNext("/explore")).toBe("/explore");
  for (const foreign of [null, "", "https://elsewhere", "//elsewhere", "/\\elsewhere"]) {
    expect(safeNext(foreign)).toBe("/");
  }
});
