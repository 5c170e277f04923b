// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, it, vi } from "vitest";
import * as kanvas from "../api/kanvas";

vi.mock("../api/kanvas");

const { PeopleToFollow } = await import("./people-to-follow");

const place = document.body.appendChild(document.createElement("div"));

it("promises nobody where it is not known who has painted lately", async () => {
  let refuse: (failure: Error) => void = () => undefined;
  vi.mocked(kanvas.globalFeed).mockReturnValue(
    new Promise((_, reject) => {
      refuse = reject;
    }),
  );
  await act(() => render(<PeopleToFollow />, place));
  expect(place.querySelector(".skeleton")).not.toBeNull();
  await act(async () => {
    refuse(new Error("down"));
    await new Promise((resolve) => setTimeout(resolve)); // it is known by then
  });
  expect(place.innerHTML).toBe("");
});
