// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Problem } from "../api/failure";
import * as kanvas from "../api/kanvas";
import type { Account } from "../api/types";
import { t } from "../i18n/translate";
import { draft, editDraft, handedIn, models, optionsOpen } from "../state/prompt";
import { account } from "../state/session";
import { clearStudio } from "../state/studio";
import { PromptBox } from "./prompt-box";

vi.mock("../api/kanvas");

let root: HTMLElement;
const submitted = () => vi.mocked(kanvas.submitJob).mock.calls.map(([{ prompt }]) => prompt);

async function press(key: string, how: KeyboardEventInit = {}): Promise<Event> {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...how });
  await act(() => void root.querySelector("textarea")?.dispatchEvent(event));
  return event;
}

beforeEach(async () => {
  vi.mocked(kanvas.submitJob).mockReset();
  vi.mocked(kanvas.submitJob).mockReturnValue(new Promise(() => undefined));
  account.value = { id: "ana" } as Account;
  root = document.body.appendChild(document.createElement("div"));
  await act(() => render(<PromptBox />, root));
  await act(() => editDraft({ prompt: "a red fox" }));
});

afterEach(() => {
  render(null, root);
  clearStudio();
  editDraft({ prompt: "" });
  account.value = null;
  optionsOpen.value = false;
  models.value = [];
});

it("hands the words in by Enter, once, however long it is held", async () => {
  await press("Enter");
  await act(() => editDraft({ prompt: "an owl" }));
  await press("Enter", { repeat: true });
  await press("Enter", { repeat: true });
  expect(submitted()).toEqual(["a red fox"]);
  expect(draft.value.prompt).toBe("an owl");
});

it("begins a new line by Shift and Enter", async () => {
  const event = await press("Enter", { shiftKey: true });
  expect(event.defaultPrevented).toBe(false);
  expect(submitted()).toEqual([]);
});

it.each([
  ["the newer way", { isComposing: true }],
  ["the older way", { keyCode: 229 }],
])("leaves to an input method the Enter that ends a composition, said in %s", async (_, how) => {
  const event = await press("Enter", how);
  expect(event.defaultPrevented).toBe(false);
  expect(submitted()).toEqual([]);
});

it("hands in nothing where nothing is written", async () => {
  await act(() => editDraft({ prompt: " \n" }));
  await press("Enter");
  expect(submitted()).toEqual([]);
});

it("keeps what a visitor hands in until they have signed up", async () => {
  account.value = null;
  await press("Enter");
  expect(submitted()).toEqual([]);
  expect(draft.value.prompt).toBe("a red fox");
  expect(handedIn.value).toBe(true);
  expect(location.pathname).toBe("/signup");
});

async function escapeFrom(selector: string, how: KeyboardEventInit = {}): Promise<Event> {
  const event = new KeyboardEvent("keydown", {
    key: "Escape",
    bubbles: true,
    cancelable: true,
    ...how,
  });
  await act(() => {
    const element = root.querySelector<HTMLElement>(selector);
    element?.focus();
    element?.dispatchEvent(event);
  });
  return event;
}

it("closes the options by Escape, and nothing around them, and gives the focus back", async () => {
  await act(() => {
    optionsOpen.value = true;
  });
  expect((await escapeFrom(".options input", { isComposing: true })).defaultPrevented).toBe(false);
  expect(optionsOpen.value).toBe(true);
  expect((await escapeFrom(".options input")).defaultPrevented).toBe(true);
  expect(root.querySelector(".options")).toBeNull();
  expect(document.activeElement).toBe(root.querySelector("[aria-expanded]"));
});

it("leaves the words by Escape only once the options are closed", async () => {
  await act(() => {
    optionsOpen.value = true;
  });
  await escapeFrom("textarea");
  expect(optionsOpen.value).toBe(false);
  expect(document.activeElement).toBe(root.querySelector("textarea"));
  expect((await escapeFrom("textarea")).defaultPrevented).toBe(false);
  expect(document.activeElement).not.toBe(root.querySelector("textarea"));
});

it("explains each number that one may choose", async () => {
  const model = { name: "easel", sizes: [], styles: [], default_steps: 12, default_guidance: 1 };
  await act(() => {
    models.value = [model as never];
    optionsOpen.value = true;
  });
  const numbers = [...root.querySelectorAll(".options input[inputmode]")];
  expect(numbers).toHaveLength(3);
  for (const number of numbers) {
    const note = document.getElementById(number.getAttribute("aria-describedby") ?? "");
    expect(note?.textContent).not.toBe("");
    expect(note?.textContent).toBeDefined();
  }
});

it("asks for the choices again as they are looked at, where they did not come", async () => {
  const model = { name: "easel", sizes: ["512x512"], styles: [] };
  vi.mocked(kanvas.models).mockResolvedValue({ models: [model] } as never);
  await act(() => {
    optionsOpen.value = true;
  });
  await expect.poll(() => root.querySelectorAll(".size")).toHaveLength(1);
});

it("comes to what was refused of the options, also where they lie out of sight", async () => {
  const violations = [{ field: "spec.steps", message: "1 to 50." }];
  const refused = new Problem({ type: "", title: "", status: 422, violations });
  vi.mocked(kanvas.submitJob).mockRejectedValue(refused);
  const shown: Element[] = [];
  vi.spyOn(Element.prototype, "scrollIntoView").mockImplementation(function (this: Element) {
    shown.push(this);
  });
  await press("Enter");
  await act(() => new Promise((resolve) => setTimeout(resolve))); // the answer is there by then
  expect(document.activeElement?.getAttribute("aria-invalid")).toBe("true");
  expect(shown.at(-1)?.textContent).toBe(t("field.steps"));
});

it("says what is wrong with the words beside the box, which stays in sight", async () => {
  await act(() => editDraft({ prompt: "" }));
  await press("Enter");
  const foot = root.querySelector(".prompt-foot");
  expect(foot?.querySelector('[role="alert"]')?.textContent).toBe(t("paint.empty"));
  expect(foot?.querySelector("textarea")?.getAttribute("aria-invalid")).toBe("true");
});
