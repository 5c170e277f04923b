// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Unreachable } from "../api/failure";
import * as kanvas from "../api/kanvas";
import type { Account, AccountView } from "../api/types";
import { navigate } from "../router";
import { account } from "../state/session";
import { PersonList } from "./person-list";

vi.mock("../api/kanvas");

const ANA = { id: "1", handle: "ana", display_name: "Ana", version: 1 };
const BEN = { ...ANA, id: "2", handle: "ben", display_name: "Ben" };
const VIEW = { account: ANA } as AccountView;

let place: HTMLElement;

beforeEach(() => {
  place = document.body.appendChild(document.createElement("div"));
});

afterEach(() => {
  render(null, place);
  place.remove();
});

async function show(): Promise<void> {
  await act(async () => {
    render(<PersonList view={VIEW} list="followers" />, place);
    await Promise.resolve();
  });
}

it("says that it loads, until it knows who is in it", async () => {
  vi.mocked(kanvas.followers).mockReturnValue(new Promise(() => undefined));
  await show();
  expect(place.querySelector("[role=status]")?.textContent).toBe("Loading people");
});

it("says what went wrong where the people would stand, and tries again", async () => {
  vi.mocked(kanvas.followers).mockRejectedValueOnce(new Unreachable(new Error("down")));
  await show();
  expect(place.querySelector("h2")?.textContent).toContain("did not answer");
  vi.mocked(kanvas.followers).mockResolvedValue({ accounts: [BEN], next_cursor: null } as never);
  await act(async () => {
    place.querySelector("button")?.click();
    await Promise.resolve();
  });
  expect(place.textContent).toContain("Ben");
  expect(place.querySelector("[role=status], h2")).toBeNull();
});

it("leads a visitor who would follow somebody to the door and back", async () => {
  navigate("/@ana/followers");
  vi.mocked(kanvas.followers).mockResolvedValue({ accounts: [BEN], next_cursor: null } as never);
  account.value = null;
  await show();
  const door = () => place.querySelector('a[aria-label^="Follow"]');
  expect(door()?.getAttribute("href")).toBe("/signup?next=%2F%40ana%2Ffollowers");
  await act(() => {
    account.value = ANA as Account;
  });
  expect(door()).toBeNull();
});
