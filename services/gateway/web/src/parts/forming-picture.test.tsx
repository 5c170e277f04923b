// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Job } from "../api/types";
import type { Painting } from "../state/studio";
import { FormingPicture } from "./forming-picture";

const FIRST = "data:image/webp;base64,MQ==";
const SECOND = "data:image/webp;base64,Mg==";
const FINAL = "/media/1.webp";

let root: HTMLElement;
/** Ends the decoding of an image, by its address. */
let decoded: Map<string, () => void>;

const shown = () => [...root.querySelectorAll("img")].map((image) => image.getAttribute("src"));
const end = (url: string) => act(async () => decoded.get(url)?.());

beforeEach(() => {
  decoded = new Map();
  vi.spyOn(HTMLImageElement.prototype, "decode").mockImplementation(function (
    this: HTMLImageElement,
  ) {
    const url = this.getAttribute("src") ?? "";
    return new Promise((resolve) => decoded.set(url, resolve));
  });
  root = document.createElement("div");
});

afterEach(() => {
  render(null, root);
  vi.restoreAllMocks();
});

function see(id: string, changes: Partial<Painting>): Promise<void> {
  const job = { id, state: "running", width: 64, height: 64 } as Job;
  const begun = { id, request: { prompt: "a fox" }, job, queuePosition: 0, step: 0, of: 8 };
  const painting = { ...begun, attempt: 1, ...changes } as Painting;
  return act(() => render(<FormingPicture painting={painting} />, root));
}

function seePreview(url: string, step: number, id = "a"): Promise<void> {
  return see(id, { step, preview: { step, url } });
}

function seeFinal(id = "a"): Promise<void> {
  const picture = { url: FINAL, width: 64, height: 64, placeholder: "#123456" };
  return see(id, { job: { id, state: "succeeded", width: 64, height: 64, picture } as Job });
}

it("shows a preview although the next one came before it was decoded", async () => {
  await seePreview(FIRST, 1);
  await seePreview(SECOND, 2);
  await end(FIRST);
  expect(shown()).toEqual([FIRST]);
  await end(SECOND);
  expect(shown()).toEqual([FIRST, SECOND]);
});

it("lays no earlier image over a later one", async () => {
  await seePreview(FIRST, 1);
  await seeFinal();
  await end(FINAL);
  await end(FIRST);
  expect(shown()).toEqual([FINAL]);
});

it("shows nothing of a painting that was put aside meanwhile", async () => {
  await seePreview(FIRST, 1);
  await seePreview(SECOND, 1, "b");
  await end(FIRST);
  expect(shown()).toEqual([]);
  await end(SECOND);
  expect(shown()).toEqual([SECOND]);
});
