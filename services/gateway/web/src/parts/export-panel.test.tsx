// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Problem, Unreachable } from "../api/failure";
import * as kanvas from "../api/kanvas";
import type { Export } from "../api/types";
import { moment, t } from "../i18n/translate";
import { toasts } from "../state/toasts";

vi.mock("../api/kanvas");

const { ExportPanel } = await import("./export-panel");

const WAITING: Export = {
  id: "1",
  state: "waiting",
  asked_at: "2026-11-28T08:00:00.000Z",
  ended_at: null,
  kept_until: null,
  progress: null,
  archive: null,
};
const MAKING: Export = {
  ...WAITING,
  state: "making",
  progress: { posts: 3, pictures: 2, size_bytes: 7 },
};
const READY: Export = {
  ...WAITING,
  state: "ready",
  ended_at: "2026-11-28T08:01:00.000Z",
  kept_until: "2026-12-05T08:01:00.000Z",
  archive: { url: "/v1/exports/current/archive", size_bytes: 2_400_000, sha256: "ab" },
};
const NONE = new Problem({ title: "None", status: 404, reason: "EXPORT_UNKNOWN" });
const TOO_SOON = new Problem({ title: "Too soon", status: 429, reason: "EXPORT_TOO_SOON" }, 60);

const place = document.body.appendChild(document.createElement("div"));
const told = () => place.querySelector("[role=status]")?.textContent;
const link = () => place.querySelector("a");
const button = () => place.querySelector("button");
const show = () => act(() => render(<ExportPanel />, place));

beforeEach(() => {
  vi.clearAllMocks();
  vi.useFakeTimers({ shouldAdvanceTime: true });
});

afterEach(async () => {
  await act(() => render(null, place));
  vi.useRealTimers();
});

it("offers to make an archive to who has never asked for one", async () => {
  vi.mocked(kanvas.exportAskedFor).mockRejectedValue(NONE);
  vi.mocked(kanvas.askForExport).mockResolvedValue(WAITING);
  await show();
  await vi.waitFor(() => expect(button()?.textContent).toBe(t("settings.export.ask")));
  expect(told()).toBe("");
  await act(() => button()?.click());
  await vi.waitFor(() => expect(told()).toBe(t("settings.export.waiting")));
  expect(button()).toBeNull();
});

it("shows how far it is until it can be downloaded, and looks no more then", async () => {
  vi.mocked(kanvas.exportAskedFor)
    .mockResolvedValueOnce(WAITING)
    .mockResolvedValueOnce(MAKING)
    .mockRejectedValueOnce(new Unreachable(undefined))
    .mockResolvedValue(READY);
  await show();
  await vi.waitFor(() => expect(told()).toBe(t("settings.export.waiting")));
  await act(async () => void (await vi.advanceTimersByTimeAsync(2000)));
  await vi.waitFor(() => expect(told()).toBe(t("settings.export.making", { n: 3 })));
  await act(async () => void (await vi.advanceTimersByTimeAsync(2000)));
  expect(told()).toBe(t("settings.export.making", { n: 3 }));
  await act(async () => void (await vi.advanceTimersByTimeAsync(2000)));
  const until = moment("2026-12-05T08:01:00.000Z");
  await vi.waitFor(() => expect(told()).toBe(t("settings.export.ready", { until })));
  expect(link()?.getAttribute("href")).toBe("/v1/exports/current/archive");
  expect(link()?.hasAttribute("download")).toBe(true);
  expect(link()?.textContent).toContain("2.4 MB");
  const looks = vi.mocked(kanvas.exportAskedFor).mock.calls.length;
  await act(async () => void (await vi.advanceTimersByTimeAsync(10_000)));
  expect(kanvas.exportAskedFor).toHaveBeenCalledTimes(looks);
});

it("keeps the archive at hand where another one is refused", async () => {
  vi.mocked(kanvas.exportAskedFor).mockResolvedValue(READY);
  vi.mocked(kanvas.askForExport).mockRejectedValue(TOO_SOON);
  await show();
  await vi.waitFor(() => expect(button()?.textContent).toBe(t("settings.export.anew")));
  await act(() => button()?.click());
  await vi.waitFor(() =>
    expect(toasts.value.map(({ text }) => text)).toContain(t("problem.exportTooSoon")),
  );
  expect(link()).not.toBeNull();
  expect(button()?.disabled).toBe(false);
});

it.each(["gone", "failed"] as const)("says that it is %s, and offers a new one", async (state) => {
  vi.mocked(kanvas.exportAskedFor).mockResolvedValue({ ...WAITING, state });
  await show();
  await vi.waitFor(() => expect(told()).toBe(t(`settings.export.${state}`)));
  expect(link()).toBeNull();
  expect(button()?.textContent).toBe(t("settings.export.ask"));
});

it("says that it is not known, and asks again", async () => {
  vi.mocked(kanvas.exportAskedFor)
    .mockRejectedValueOnce(new Unreachable(undefined))
    .mockResolvedValue(READY);
  await show();
  const alert = () => place.querySelector("[role=alert]")?.textContent;
  await vi.waitFor(() => expect(alert()).toBe(t("problem.unreachable")));
  await act(() => button()?.click());
  await vi.waitFor(() => expect(link()).not.toBeNull());
});
