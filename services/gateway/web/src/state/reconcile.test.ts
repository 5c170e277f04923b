import { expect, it } from "vitest";
import { reconcile } from "./reconcile";

it("puts what is newer than the first known post behind the pill", () => {
  expect(reconcile(["c", "b", "a"], ["e", "d", "c", "b", "a"])).toEqual({
    arrived: ["e", "d"],
    shown: ["c", "b", "a"],
    replaces: false,
  });
});

it("drops what has gone meanwhile", () => {
  expect(reconcile(["c", "b", "a"], ["d", "c", "a"]).shown).toEqual(["c", "a"]);
});

it("finds the place even when the newest known post has gone", () => {
  expect(reconcile(["c", "b"], ["d", "b"])).toEqual({
    arrived: ["d"],
    shown: ["b"],
    replaces: false,
  });
});

it("replaces instead of leaving a hole when the two do not meet", () => {
  expect(reconcile(["b", "a"], ["z", "y"])).toEqual({
    arrived: ["z", "y"],
    shown: ["b", "a"],
    replaces: true,
  });
});

it("shows everything where nothing was shown", () => {
  expect(reconcile([], ["b", "a"])).toEqual({ arrived: [], shown: ["b", "a"], replaces: false });
});

it("empties where nothing is left", () => {
  expect(reconcile(["b", "a"], [])).toEqual({ arrived: [], shown: [], replaces: false });
});
