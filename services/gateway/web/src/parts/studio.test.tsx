// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, it, vi } from "vitest";
import * as kanvas from "../api/kanvas";
import type { Account } from "../api/types";
import { t } from "../i18n/translate";
import { account } from "../state/session";
import { clearStudio, restoreStudio, sheetOpen } from "../state/studio";
import { job } from "../testing/job";

vi.mock("../api/kanvas");
const screen = { matches: false, addEventListener: () => undefined };
vi.stubGlobal("matchMedia", () => screen);

const { isPhone } = await import("../state/screen");
const { Studio } = await import("./studio");

const place = document.body.appendChild(document.createElement("div"));

afterEach(() => {
  render(null, place);
  clearStudio();
  account.value = null;
  isPhone.value = false;
});

it.each([
  ["desk", false],
  ["phone", true],
])("on a %s says that the shelf did not come, and fetches it again", async (_, phone) => {
  account.value = { id: "ana" } as Account;
  vi.mocked(kanvas.unpublishedJobs).mockRejectedValueOnce(new Error("down"));
  await restoreStudio();
  isPhone.value = phone;
  sheetOpen.value = phone;
  await act(() => render(<Studio />, place));
  expect(place.textContent).toContain(t("paint.unpublished.failed"));
  const items = [job({ id: "1", state: "succeeded" })];
  vi.mocked(kanvas.unpublishedJobs).mockResolvedValue({ items, next_cursor: null });
  const again = place.querySelector<HTMLButtonElement>(".shelf-missing button");
  await act(async () => {
    again?.click();
    await new Promise((resolve) => setTimeout(resolve)); // the answer is there by then
  });
  expect(place.textContent).not.toContain(t("paint.unpublished.failed"));
  const sketch = `button[aria-label="${t("paint.maximize")}"]`;
  expect(place.querySelector(sketch)).not.toBeNull();
});
