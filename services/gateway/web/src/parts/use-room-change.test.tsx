// @vitest-environment happy-dom
import { render } from "preact";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Place } from "../router";
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
