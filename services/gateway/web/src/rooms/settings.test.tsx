// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import * as kanvas from "../api/kanvas";
import type { Account } from "../api/types";
import { profileEdits } from "../state/profile-edits";

vi.mock("../api/kanvas");
vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: () => undefined }));

const { ProfilePart } = await import("./settings");

const ANA = { id: "1", handle: "ana", display_name: "Ana", bio: "", version: 1 } as Account;
const place = document.body.appendChild(document.createElement("div"));
const bio = () => place.querySelector("textarea") as HTMLTextAreaElement;
const show = (me: Account) => act(() => render(<ProfilePart key={me.id} me={me} />, place));
const leave = () => act(() => render(null, place));

beforeEach(async () => {
  await show(ANA);
  await act(() => {
    bio().value = "Boats.";
    bio().dispatchEvent(new Event("input", { bubbles: true }));
  });
});

afterEach(async () => {
  await leave();
  profileEdits.value = undefined;
});

it("finds what was typed and not saved, after a look elsewhere, for whoever typed it", async () => {
  await leave();
  await show({ ...ANA, id: "2" });
  expect(bio().value).toBe("");
  await leave();
  await show(ANA);
  expect(bio().value).toBe("Boats.");
});

it("has nothing left to save once it is saved", async () => {
  const saved = { ...ANA, bio: "Boats.", version: 2 };
  vi.mocked(kanvas.updateProfile).mockResolvedValue(saved as never);
  await act(() => place.querySelector("form")?.requestSubmit());
  await leave();
  await show({ ...saved, bio: "Boats, mostly.", version: 3 });
  expect(bio().value).toBe("Boats, mostly.");
});
