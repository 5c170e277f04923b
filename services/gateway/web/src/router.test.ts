import { afterEach, expect, it, vi } from "vitest";
import { doorPath, place, placeOf, safeNext, tagPath } from "./router";

afterEach(() => {
  vi.unstubAllGlobals();
});

const ID = "01900000-0000-7000-8000-00000000000a";

it.each([
  ["/", { room: "home" }],
  ["/explore", { room: "explore" }],
  ["/explore/", { room: "explore" }],
  ["/@Sari_1", { room: "profile", handle: "sari_1" }],
  ["/@sari/followers", { room: "profile", handle: "sari", list: "followers" }],
  [`/p/${ID}`, { room: "post", id: ID }],
  ["/tags/fox", { room: "tag", name: "fox" }],
  ["/tags/Seni", { room: "tag", name: "seni" }],
  [`/tags/${encodeURIComponent("ＳＥＮＩ")}`, { room: "tag", name: "seni" }],
  [`/tags/${encodeURIComponent("日本の雪")}/`, { room: "tag", name: "日本の雪" }],
  ["/tags/%", { room: "missing" }],
  ["/tags/", { room: "missing" }],
  ["/signup", { room: "signUp" }],
  ["/sign-up", { room: "signUp" }],
  ["/sign-in/", { room: "signIn" }],
  ["/%40ana", { room: "profile", handle: "ana" }],
  ["/@ana.", { room: "profile", handle: "ana" }],
  ["/@ana)", { room: "profile", handle: "ana" }],
  ["/@ana%20", { room: "profile", handle: "ana" }],
  [`/p/${ID}.`, { room: "post", id: ID }],
  [`/p/${ID}%20`, { room: "post", id: ID }],
  ["/explore!", { room: "explore" }],
  ["/tags/fox,", { room: "tag", name: "fox" }],
  ["/p/short", { room: "missing" }],
  ["/@", { room: "missing" }],
  ["/somewhere/else", { room: "missing" }],
])("%s", (path, place) => {
  expect(placeOf(path)).toEqual(place);
});

it("leads to the place of a tag in any script", () => {
  for (const name of ["fox", "日本の雪", "العَرَبِيَّة"]) {
    expect(placeOf(new URL(tagPath(name), "http://kanvas").pathname)).toEqual({
      room: "tag",
      name,
    });
  }
});

it.each([
  ["/@ana/followers", "?a=1", "/signin?next=%2F%40ana%2Ffollowers%3Fa%3D1"],
  ["/", "", "/signin"],
  ["/signup", "?next=%2Fexplore", "/signin?next=%2Fexplore"],
])("leads from %s through a door and back", (pathname, search, path) => {
  vi.stubGlobal("location", { pathname, search });
  place.value = placeOf(pathname);
  expect(doorPath("signin")).toBe(path);
});

it("goes on only to paths of this page", () => {
  expect(safeNext("/explore")).toBe("/explore");
  for (const foreign of [null, "", "https://elsewhere", "//elsewhere", "/\\elsewhere"]) {
    expect(safeNext(foreign)).toBe("/");
  }
});
