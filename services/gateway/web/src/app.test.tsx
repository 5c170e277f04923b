// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Problem } from "./api/failure";
import * as kanvas from "./api/kanvas";
import type { Account, CurrentSession } from "./api/types";
import { t } from "./i18n/translate";

vi.mock("./api/kanvas");

const { navigate, place, placeOf } = await import("./router");
const { account, deletion } = await import("./state/session");
const { isPhone } = await import("./state/screen");
const { editDraft, handedIn } = await import("./state/prompt");
const { clearStudio } = await import("./state/studio");
const { clearToasts, toast } = await import("./state/toasts");
const { App } = await import("./app");

const ANA = { id: "1", handle: "ana", display_name: "Ana", bio: "", version: 1 } as Account;
const root = document.body.appendChild(document.createElement("div"));
const sheet = () => root.querySelector(".sheet");
const pressPaint = () => act(() => root.querySelector<HTMLElement>(".tab-bar button")?.click());

beforeEach(() => {
  account.value = null;
  deletion.value = undefined;
  isPhone.value = true;
});

afterEach(() => {
  render(null, root);
  clearStudio();
  clearToasts();
});

it.each(["/settings", "/signin", "/nowhere"])(
  "leads whoever presses n at %s to where one paints",
  async (path) => {
    isPhone.value = false;
    navigate(path);
    await act(() => render(<App />, root));
    const key = new KeyboardEvent("keydown", { key: "n", bubbles: true });
    await act(() => void root.dispatchEvent(key));
    await new Promise((resolve) => requestAnimationFrame(resolve));
    expect(place.value.room).toBe("home");
    expect(document.activeElement?.id).toBe("paint-prompt");
  },
);

it.each(["/settings", "/signin", "/signup", "/nowhere"])(
  "opens the sheet of a phone where one presses Paint, also at %s",
  async (path) => {
    place.value = placeOf(path);
    await act(() => render(<App />, root));
    expect(sheet()).toBeNull();
    await pressPaint();
    expect(sheet()).not.toBeNull();
  },
);

it("has nothing but the way back for an account that is being deleted", async () => {
  vi.mocked(kanvas.keepAccount).mockRejectedValueOnce(
    new Problem({ type: "", title: "", status: 503, reason: "NOT_LEADER" }),
  );
  place.value = placeOf("/settings");
  deletion.value = { account: ANA, eraseAt: "2026-12-13T08:00:00.000Z" };
  await act(() => render(<App />, root));
  expect([...root.querySelectorAll("button")].map(({ textContent }) => textContent)).toEqual([
    t("leaving.keep"),
    t("settings.signOut"),
  ]);
  expect(root.querySelector("h1")?.textContent).toBe(t("leaving.title"));
  expect(root.querySelectorAll("a")).toHaveLength(0);
  const pressKeep = () =>
    act(async () => {
      root.querySelector<HTMLElement>("button")?.click();
      await new Promise((resolve) => setTimeout(resolve)); // the answer is there by then
    });
  await pressKeep();
  expect(root.querySelector('[role="alert"]')?.textContent).toBe(t("problem.unavailable"));
  vi.mocked(kanvas.currentSession).mockResolvedValue({ account: ANA } as CurrentSession);
  await pressKeep();
  expect(account.value).toEqual(ANA);
  expect(root.querySelector("h1")?.textContent).toBe(t("settings.title"));
});

it("tells what there is to tell in the dialog that lies over the page, and below it after", async () => {
  place.value = placeOf("/settings");
  await act(() => render(<App />, root));
  await pressPaint();
  await act(() => toast("No painter is there."));
  const told = () => [...root.querySelectorAll(".toast-text")];
  expect(told().map(({ textContent }) => textContent)).toEqual(["No painter is there."]);
  expect(sheet()?.contains(told()[0] as Element)).toBe(true);
  await act(() => root.querySelector<HTMLElement>(`[aria-label="${t("action.close")}"]`)?.click());
  expect(sheet()).toBeNull();
  expect(told()).toHaveLength(1);
});

it("shows a newcomer on a phone how what was asked for at the door is painted", async () => {
  vi.mocked(kanvas.currentSession).mockResolvedValue({ account: ANA } as CurrentSession);
  vi.mocked(kanvas.submitJob).mockReturnValue(new Promise(() => undefined));
  editDraft({ prompt: "a fox" });
  handedIn.value = true;
  place.value = placeOf("/signup");
  await act(() => render(<App />, root));
  await act(() => {
    for (const input of root.querySelectorAll<HTMLInputElement>("main input")) {
      input.value = "a wall of paint";
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
  await act(async () => {
    root.querySelector<HTMLFormElement>("main form")?.requestSubmit();
    await new Promise((resolve) => setTimeout(resolve)); // somebody is here by then
  });
  expect(sheet()?.querySelector(".easel-prompt")?.textContent).toBe("a fox");
});
