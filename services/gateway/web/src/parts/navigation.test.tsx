// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, it, vi } from "vitest";
import type { Account } from "../api/types";

vi.mock("../api/kanvas");

const { navigate } = await import("../router");
const { connection } = await import("../state/connection");
const { account } = await import("../state/session");
const { TopBar } = await import("./navigation");

const place = document.body.appendChild(document.createElement("div"));

afterEach(() => {
  render(null, place);
});

async function doorsAt(path: string): Promise<(string | null)[]> {
  navigate(path);
  await act(() => render(<TopBar />, place));
  return [...place.querySelectorAll(".top-bar-end a")].map((door) => door.getAttribute("href"));
}

it("shows a visitor both doors on a phone, and at a door the other one", async () => {
  account.value = null;
  expect(await doorsAt("/")).toEqual(["/signin", "/signup"]);
  expect(await doorsAt("/@ana")).toEqual(["/signin?next=%2F%40ana", "/signup?next=%2F%40ana"]);
  expect(await doorsAt("/signin")).toEqual(["/signup"]);
  expect(await doorsAt("/signup")).toEqual(["/signin"]);
});

it("shows nobody a door who is inside, or of whom it is not known yet", async () => {
  for (const who of [undefined, { id: "1", handle: "ana" } as Account]) {
    account.value = who;
    expect(await doorsAt("/")).toEqual([]);
  }
});

it("says on a phone in words that the connection is lost, where the doors leave room", async () => {
  const words = () => place.querySelector(".connection-text")?.textContent;
  account.value = { id: "1", handle: "ana" } as Account;
  connection.value = "live";
  await act(() => render(<TopBar />, place));
  expect(words()).toBeUndefined();
  await act(() => {
    connection.value = "offline";
  });
  expect(words()).toBe("Offline");
  await act(() => {
    account.value = null;
  });
  expect(words()).toBeUndefined();
});
