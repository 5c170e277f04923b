// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Problem } from "../api/failure";
import * as kanvas from "../api/kanvas";
import type { Post } from "../api/types";
import type { Painting } from "../state/studio";
import { toasts } from "../state/toasts";
import { PublishForm } from "./publish-form";

vi.mock("../api/kanvas");

const PAINTING: Painting = {
  id: "1",
  request: { prompt: "a red fox in the snow" },
  queuePosition: 0,
  step: 8,
  of: 8,
  attempt: 1,
};

let place: HTMLElement;

beforeEach(async () => {
  place = document.body.appendChild(document.createElement("div"));
  await act(() => render(<PublishForm painting={PAINTING} />, place));
});

afterEach(() => {
  localStorage.clear();
  sessionStorage.clear();
  render(null, place);
  place.remove();
  toasts.value = [];
});

async function submit(): Promise<void> {
  const submission = new Event("submit", { bubbles: true, cancelable: true });
  await act(async () => {
    place.querySelector("form")?.dispatchEvent(submission);
    await new Promise((resolve) => setTimeout(resolve)); // the answer is there by then
  });
}

it("allows nothing beyond looking unless the author says so, and describes the picture", async () => {
  const author = { id: "2", handle: "ada", display_name: "Ada", version: 1 };
  const post = { id: "1", author } as Post;
  vi.mocked(kanvas.createPost).mockResolvedValue({ post, position: "9" });
  await submit();
  expect(kanvas.createPost).toHaveBeenCalledExactlyOnceWith({
    id: "1",
    job_id: "1",
    caption: "",
    alt_text: "A red fox in the snow.",
    visibility: "public",
    uses: { train: false, embed: false, recommend: false },
  });
  expect(toasts.value).toMatchObject([{ link: { href: "/p/1" } }]);
});

it("says that the words will stand under the picture", () => {
  expect(place.textContent).toContain(
    "The words that you painted from will stand under the picture: “a red fox in the snow”",
  );
});

it("says beside the field what was refused, and lets one try again", async () => {
  const violations = [{ field: "alt_text", message: "Must not be empty." }];
  const refused = new Problem({ type: "", title: "", status: 422, violations });
  vi.mocked(kanvas.createPost).mockRejectedValue(refused);
  await submit();
  const field = place.querySelectorAll("textarea")[1];
  expect(field?.getAttribute("aria-invalid")).toBe("true");
  expect(place.querySelector("[role=alert]")?.textContent).toContain("what the picture shows");
  expect(place.querySelector<HTMLButtonElement>("[type=submit]")?.disabled).toBe(false);
});

it("finds what was written and chosen again, and forgets it once it is published", async () => {
  await act(() => {
    const caption = place.querySelector("textarea") as HTMLTextAreaElement;
    caption.value = "First snow";
    caption.dispatchEvent(new Event("input", { bubbles: true }));
    (place.querySelectorAll("[type=radio]")[1] as HTMLInputElement).click();
    (place.querySelector("[type=checkbox]") as HTMLInputElement).click();
  });
  await again();
  vi.mocked(kanvas.createPost).mockResolvedValue({ post: { id: "1" } as Post, position: "9" });
  await submit();
  expect(vi.mocked(kanvas.createPost).mock.lastCall?.[0]).toMatchObject({
    caption: "First snow",
    visibility: "followers",
    uses: { train: true, embed: false, recommend: false },
  });
  await again();
  expect(place.querySelector("textarea")?.value).toBe("");
});

async function again(): Promise<void> {
  await act(() => render(null, place));
  await act(() => render(<PublishForm painting={PAINTING} />, place));
}
