// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Post } from "../api/types";
import type { Place } from "../router";
import { learn } from "../state/posts";
import { useRoomChange } from "./use-room-change";

let root: HTMLElement;

function Frame({ here }: { here: Place }) {
  useRoomChange(here);
  return (
    <main id="main" tabIndex={-1}>
      <textarea />
    </main>
  );
}

beforeEach(() => {
  root = document.body.appendChild(document.createElement("div"));
  render(<Frame here={{ room: "signUp" }} />, root);
});

afterEach(() => {
  render(null, root);
  root.remove();
});

it("leaves the focus alone when the page is opened", () => {
  expect(document.activeElement).toBe(document.body);
});

it("has moved the focus once another room is there, so that nothing typed then is lost", () => {
  render(<Frame here={{ room: "home" }} />, root);
  expect(document.activeElement).toBe(document.getElementById("main"));
});

it("names a post in the title by who made it, once that is known", async () => {
  await act(() => render(<Frame here={{ room: "post", id: "1" }} />, root));
  expect(document.title).toBe("Kanvas");
  const author = { id: "2", handle: "ana", display_name: "Ana", version: 1 };
  await act(() => void learn({ id: "1", author } as Post));
  expect(document.title).toBe("By Ana · Kanvas");
});
