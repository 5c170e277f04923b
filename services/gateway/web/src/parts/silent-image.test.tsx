// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { isMissing } from "../api/pictures";
import { SilentImage } from "./silent-image";

vi.mock("../api/pictures");
vi.stubGlobal(
  "IntersectionObserver",
  class {
    observe = vi.fn();
    disconnect = vi.fn();
  },
);

let root: HTMLElement;
const image = () => root.querySelector("img") as HTMLImageElement;

beforeEach(async () => {
  vi.mocked(isMissing).mockResolvedValue(false);
  root = document.createElement("div");
  await act(() => render(<SilentImage class="easel-layer" url="/media/1.webp" />, root));
});

afterEach(() => render(null, root));

it("leaves its place empty where it does not come, and is asked for again with the network", async () => {
  const before = image();
  await act(() => void before.dispatchEvent(new Event("error")));
  expect(image().className).toBe("easel-layer is-missing");
  await act(() => void dispatchEvent(new Event("online")));
  expect(image()).not.toBe(before);
  expect(image().className).toBe("easel-layer");
  expect(image().getAttribute("src")).toBe("/media/1.webp");
});
