// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { t } from "./i18n/translate";

vi.mock("./api/kanvas");
vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: () => undefined }));

const { navigate } = await import("./router");
const { account } = await import("./state/session");
const { isPhone } = await import("./state/screen");
const { makeSmall } = await import("./state/studio");
const { clearToasts, toast } = await import("./state/toasts");
const { App } = await import("./app");

const place = document.body.appendChild(document.createElement("div"));
const sheet = () => place.querySelector(".sheet");
const pressPaint = () => act(() => place.querySelector<HTMLElement>(".tab-bar button")?.click());

beforeEach(() => {
  account.value = null;
  isPhone.value = true;
});

afterEach(() => {
  render(null, place);
  makeSmall();
  clearToasts();
});

it.each(["/settings", "/signin", "/signup", "/nowhere"])(
  "opens the sheet of a phone where one presses Paint, also at %s",
  async (path) => {
    navigate(path);
    await act(() => render(<App />, place));
    expect(sheet()).toBeNull();
    await pressPaint();
    expect(sheet()).not.toBeNull();
  },
);

it("tells what there is to tell in the dialog that lies over the page, and below it after", async () => {
  navigate("/settings");
  await act(() => render(<App />, place));
  await pressPaint();
  await act(() => toast("No painter is there."));
  const told = () => [...place.querySelectorAll(".toast-text")];
  expect(told().map(({ textContent }) => textContent)).toEqual(["No painter is there."]);
  expect(sheet()?.contains(told()[0] as Element)).toBe(true);
  await act(() => place.querySelector<HTMLElement>(`[aria-label="${t("action.close")}"]`)?.click());
  expect(sheet()).toBeNull();
  expect(told()).toHaveLength(1);
});
