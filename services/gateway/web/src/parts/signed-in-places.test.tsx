// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Unreachable } from "../api/failure";
import * as kanvas from "../api/kanvas";
import type { Session } from "../api/types";
import { t } from "../i18n/translate";

vi.mock("../api/kanvas");

const { SignedInPlaces } = await import("./signed-in-places");

const HERE: Session = {
  id: "1",
  app: "Firefox",
  system: "Linux",
  current: true,
  made_at: "2026-11-20T08:00:00.000Z",
  used_at: "2026-11-28T08:00:00.000Z",
  expires_at: "2026-12-04T08:00:00.000Z",
};
const PHONE: Session = { ...HERE, id: "2", app: "Safari", system: "iPhone", current: false };
const PROGRAM: Session = { ...PHONE, id: "3", app: "curl", system: "" };
const UNKNOWN: Session = { ...PHONE, id: "4", app: "", system: "" };

const place = document.body.appendChild(document.createElement("div"));
const names = () => [...place.querySelectorAll("strong")].map(({ textContent }) => textContent);
const button = (label: string) =>
  [...place.querySelectorAll("button")].find(
    (one) => one.getAttribute("aria-label") === label || one.textContent === label,
  );
const press = (label: string) => act(() => button(label)?.click());

beforeEach(async () => {
  vi.clearAllMocks();
  vi.mocked(kanvas.sessions).mockResolvedValue([PHONE, PROGRAM, HERE, UNKNOWN]);
  await act(() => render(<SignedInPlaces />, place));
  await vi.waitFor(() => expect(names()).toHaveLength(4));
});

afterEach(() => act(() => render(null, place)));

it("names each device as its owner would, this one first, and offers no way out of this one", () => {
  expect(names()).toEqual([
    "Firefox on Linux",
    "Safari on iPhone",
    "curl",
    t("settings.places.unknown"),
  ]);
  expect(button("Sign out: Firefox on Linux")).toBeUndefined();
});

it("signs out in one place, and shows it no more", async () => {
  vi.mocked(kanvas.endSession).mockResolvedValue({} as never);
  await press("Sign out: Safari on iPhone");
  expect(kanvas.endSession).toHaveBeenCalledWith("2");
  await vi.waitFor(() => expect(names()).not.toContain("Safari on iPhone"));
  expect(names()).toHaveLength(3);
});

it("signs out everywhere else, after which there is nowhere else", async () => {
  vi.mocked(kanvas.endOtherSessions).mockResolvedValue({} as never);
  await press(t("settings.places.endOthers"));
  await vi.waitFor(() => expect(names()).toEqual(["Firefox on Linux"]));
  expect(button(t("settings.places.endOthers"))).toBeUndefined();
});

it("keeps in the list what could not be signed out", async () => {
  vi.mocked(kanvas.endSession).mockRejectedValue(new Unreachable(undefined));
  await press("Sign out: Safari on iPhone");
  await vi.waitFor(() => expect(button(t("settings.places.endOthers"))?.disabled).toBe(false));
  expect(kanvas.endSession).toHaveBeenCalled();
  expect(names()).toContain("Safari on iPhone");
});

it("says that the list could not be loaded, and loads it again", async () => {
  await act(() => render(null, place));
  vi.mocked(kanvas.sessions).mockRejectedValueOnce(new Unreachable(undefined));
  await act(() => render(<SignedInPlaces />, place));
  const told = () => place.querySelector("[role=alert]")?.textContent;
  await vi.waitFor(() => expect(told()).toBe(t("problem.unreachable")));
  await press(t("action.retry"));
  await vi.waitFor(() => expect(names()).toHaveLength(4));
});
