// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, it, vi } from "vitest";
import type { Post } from "../api/types";
import { forgetPeople, learnNames } from "../state/people";
import { learn } from "../state/posts";
import styles from "../styles/gallery.css?raw";
import { PostCard } from "./post-card";

vi.mock("../api/kanvas");

const PLACE = { id: "1", x: 0, y: 0, width: 300, height: 400, pictureHeight: 300 };

function post(): Post {
  return {
    id: "1",
    author: { id: "2", handle: "ada", display_name: "Ada", version: 1 },
    caption: "<b>A</b> 🦊 #Fox",
    tags: [{ name: "fox", start: 11, end: 15 }],
    alt_text: "A red fox.",
    prompt: "",
    visibility: "public",
    uses: { train: false, embed: false, recommend: false },
    picture: {
      url: "/media/1.webp",
      width: 640,
      height: 480,
      media_type: "image/webp",
      placeholder: "#a0b1c2",
      provenance: {
        model: "collage",
        model_version: "1",
        seed: 1,
        statement: "",
        generative: false,
        substitutions: [],
      },
    },
    created_at: "2026-01-01T00:00:00.000Z",
    created_position: "1",
    like_count: 0,
    liked: false,
  };
}

async function card(isFolding: boolean): Promise<HTMLElement> {
  document.head.appendChild(document.createElement("style")).textContent = styles;
  forgetPeople();
  learn(post());
  const frame = document.body.appendChild(document.createElement("div"));
  await act(() =>
    render(
      <PostCard place={PLACE} index={0} count={1} isFolding={isFolding} isFresh={false} />,
      frame,
    ),
  );
  return frame;
}

it("shows a caption as it was written, with its tags as links", async () => {
  const caption = (await card(false)).querySelector<HTMLElement>(".card-caption");
  expect(caption?.textContent).toBe("<b>A</b> 🦊 #Fox");
  const link = caption?.querySelector("a");
  expect([link?.textContent, link?.getAttribute("href")]).toEqual(["#Fox", "/tags/fox"]);
});

it("is by its author's present name", async () => {
  const frame = await card(false);
  expect(frame.querySelector(".name")?.textContent).toBe("Ada");
  await act(() => learnNames({ id: "2", handle: "ada", display_name: "أدا!", version: 2 }));
  expect(frame.querySelector(".name")?.textContent).toBe("أدا!");
  expect(frame.querySelector(".name")?.getAttribute("dir")).toBe("auto");
  expect(frame.querySelector("article")?.getAttribute("aria-label")).toBe("By \u2068أدا!\u2069");
  expect(frame.querySelector(".avatar")?.textContent).toBe("أ");
});

it.each([".card-picture", ".card-foot", ".card-caption"])(
  "fades the %s of a post that was removed, and of no other",
  async (part) => {
    for (const isFolding of [true, false]) {
      const element = (await card(isFolding)).querySelector(part);
      if (!element) throw new Error(`there is no ${part}`);
      expect(getComputedStyle(element).opacity === "0.12").toBe(isFolding);
    }
  },
);
