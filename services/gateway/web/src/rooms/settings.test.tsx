// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Problem } from "../api/failure";
import * as kanvas from "../api/kanvas";
import type { Account, CurrentSession } from "../api/types";
import { t } from "../i18n/translate";
import { forgetDrafts, turnToDraftsOf } from "../state/drafts";
import { learnAccount } from "../state/people";
import { layOutProfileEdits, profileEdits } from "../state/profile-edits";
import { account } from "../state/session";

vi.mock("../api/kanvas");

const { Settings } = await import("./settings");

const ANA = { id: "1", handle: "ana", display_name: "Ana", bio: "", version: 1 } as Account;
const place = document.body.appendChild(document.createElement("div"));
const name = () => place.querySelector("form input") as HTMLInputElement;
const bio = () => place.querySelector("textarea") as HTMLTextAreaElement;
const leave = () => act(() => render(null, place));
const save = () => act(async () => place.querySelector("form")?.requestSubmit());
const button = (text: string) =>
  [...place.querySelectorAll("button")].find(({ textContent }) => textContent === text);

/** Somebody sits down, as after a reload of the page, and looks at their settings. */
async function sitDown(who: Account): Promise<void> {
  account.value = who;
  turnToDraftsOf(who.id);
  layOutProfileEdits();
  await act(() => render(<Settings />, place));
}

const type = (field: HTMLInputElement | HTMLTextAreaElement, text: string) =>
  act(() => {
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });

beforeEach(async () => {
  vi.mocked(kanvas.updateProfile).mockReset();
  await sitDown(ANA);
  await type(bio(), "Boats.");
});

afterEach(async () => {
  await leave();
  forgetDrafts();
  account.value = null;
});

it("finds what was typed and not saved, after a look elsewhere, for whoever typed it", async () => {
  await leave();
  await sitDown({ ...ANA, id: "2" });
  expect(bio().value).toBe("");
  await leave();
  await sitDown(ANA);
  expect(bio().value).toBe("Boats.");
});

it("has nothing left to save once it is saved", async () => {
  const saved = { ...ANA, bio: "Boats.", version: 2 };
  vi.mocked(kanvas.updateProfile).mockResolvedValue(saved);
  await save();
  expect(account.value).toEqual(saved);
  expect(button(t("settings.discard"))).toBeUndefined();
  await leave();
  await sitDown({ ...saved, bio: "Boats, mostly.", version: 3 });
  expect(bio().value).toBe("Boats, mostly.");
});

it("leaves what is typed while it is saved", async () => {
  let answer: (saved: Account) => void = () => undefined;
  vi.mocked(kanvas.updateProfile).mockReturnValue(
    new Promise((resolve) => {
      answer = resolve;
    }),
  );
  await save();
  await type(bio(), "Boats, and the sea.");
  await act(async () => answer({ ...ANA, bio: "Boats.", version: 2 }));
  expect(bio().value).toBe("Boats, and the sea.");
  await save();
  const [changes] = vi.mocked(kanvas.updateProfile).mock.lastCall ?? [];
  expect(changes).toMatchObject({ bio: "Boats, and the sea.", expected_version: 2 });
});

it("does without what was typed where its author wants that", async () => {
  await act(() => button(t("settings.discard"))?.click());
  expect(bio().value).toBe("");
  expect(profileEdits.value).toEqual({});
  expect(button(t("settings.discard"))).toBeUndefined();
});

it("replaces nothing in silence that came from another device meanwhile", async () => {
  await act(() => learnAccount({ ...ANA, display_name: "Ana M.", bio: "Ships.", version: 2 }));
  expect(name().value).toBe("Ana M.");
  expect(bio().value).toBe("Boats.");
  vi.mocked(kanvas.updateProfile).mockResolvedValue({ ...ANA, version: 3 });
  await save();
  const [changes] = vi.mocked(kanvas.updateProfile).mock.lastCall ?? [];
  expect(changes?.expected_version).toBe(1);
});

describe("of a profile that was changed on another device", () => {
  const elsewhere = { ...ANA, display_name: "Ana M.", bio: "Ships.", version: 2 };
  const conflict = { type: "", title: "", status: 409, reason: "VERSION_CONFLICT" } as const;

  beforeEach(async () => {
    vi.mocked(kanvas.updateProfile).mockRejectedValueOnce(new Problem(conflict));
    vi.mocked(kanvas.currentSession).mockResolvedValue({ account: elsewhere } as CurrentSession);
    await save();
  });

  it("keeps what was typed, and says what stands there now", () => {
    expect(bio().value).toBe("Boats.");
    expect(place.textContent).toContain(t("settings.saved.now", { text: "Ships." }));
    expect(place.textContent).toContain(t("problem.changedElsewhere"));
  });

  it("takes over what was left alone here", () => {
    expect(name().value).toBe("Ana M.");
  });

  it("replaces it when it is saved again", async () => {
    const changes = { display_name: "Ana M.", bio: "Boats.", expected_version: 2 };
    vi.mocked(kanvas.updateProfile).mockResolvedValue({ ...elsewhere, bio: "Boats.", version: 3 });
    await save();
    expect(vi.mocked(kanvas.updateProfile).mock.lastCall).toEqual([changes]);
    expect(place.querySelector(".form-error")).toBeNull();
  });

  it("keeps what was typed when the page is loaded again", async () => {
    await leave();
    await sitDown(elsewhere);
    expect(bio().value).toBe("Boats.");
    expect(name().value).toBe("Ana M.");
  });
});
