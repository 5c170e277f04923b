// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { beforeEach, expect, it, vi } from "vitest";
import * as kanvas from "../api/kanvas";
import type { Account } from "../api/types";

vi.mock("../api/kanvas");

const { navigate } = await import("../router");
const { forgetPeople } = await import("../state/people");
const { account } = await import("../state/session");
const { Post } = await import("./post");

const ID = "01a07b53-0000-7000-8000-000000000001";
const ANA = { id: "1", handle: "ana", display_name: "Ana", version: 1 } as Account;
const BEN = { ...ANA, id: "2", handle: "ben" };
const provenance = { model: "collage", model_version: "1", seed: 1, substitutions: [] };
const POST = {
  id: ID,
  author: ANA,
  caption: "",
  tags: [],
  alt_text: "A fox.",
  prompt: "a fox",
  visibility: "public",
  uses: {},
  picture: { url: "/media/1.webp", width: 3, height: 2, provenance },
  created_at: "2026-01-01T00:00:00.000Z",
};

const place = document.body.appendChild(document.createElement("div"));
const follow = () => place.querySelector('[aria-label^="Follow"]');

async function showTo(reader: Account | null, view = {}): Promise<void> {
  account.value = reader;
  vi.mocked(kanvas.accountByHandle).mockResolvedValue({ account: ANA, ...view } as never);
  await act(() => render(null, place));
  await act(async () => {
    render(<Post id={ID} />, place);
    await new Promise((resolve) => setTimeout(resolve));
  });
}

beforeEach(() => {
  forgetPeople();
  navigate(`/p/${ID}`);
  vi.mocked(kanvas.post).mockResolvedValue({ post: POST, position: "1" } as never);
});

it("leads a visitor who would follow the author to the door and back", async () => {
  await showTo(null);
  expect(follow()?.getAttribute("href")).toBe(`/signup?next=%2Fp%2F${ID}`);
});

it("lets a reader follow the author, but not oneself, nor whom a block parts", async () => {
  await showTo(BEN);
  expect(follow()?.getAttribute("aria-pressed")).toBe("false");
  await showTo(ANA);
  expect(follow()).toBeNull();
  await showTo(BEN, { hidden: true });
  expect(follow()).toBeNull();
  await showTo(BEN, { relationship: { blocking: true } });
  expect(follow()).toBeNull();
});
