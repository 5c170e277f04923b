import { expect, it } from "vitest";
import { captionPieces } from "./caption-pieces";

it("cuts a caption where its tags stand, counting characters and not halves of them", () => {
  const caption = "🦊🦊 #Fox, #日本";
  const tags = [
    { name: "fox", start: 3, end: 7 },
    { name: "日本", start: 9, end: 12 },
  ];
  expect(captionPieces({ caption, tags })).toEqual([
    { text: "🦊🦊 " },
    { text: "#Fox", tag: "fox" },
    { text: ", " },
    { text: "#日本", tag: "日本" },
  ]);
});

it("leaves a caption without tags in one piece, whatever it looks like", () => {
  expect(captionPieces({ caption: "We are #1", tags: [] })).toEqual([{ text: "We are #1" }]);
  expect(captionPieces({ caption: "", tags: [] })).toEqual([]);
});
