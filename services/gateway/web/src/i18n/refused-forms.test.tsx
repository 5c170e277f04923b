// @vitest-environment happy-dom
/** Every form, and every field that it sends: nothing is refused in silence. */
import type { VNode } from "preact";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Problem } from "../api/failure";
import * as kanvas from "../api/kanvas";
import type { Account } from "../api/types";
import { DELETION_FIELDS, DeletionForm } from "../parts/delete-account";
import { PASSWORD_FIELDS, PasswordForm } from "../parts/password-form";
import { PromptBox } from "../parts/prompt-box";
import { PUBLISH_FIELDS, PublishForm } from "../parts/publish-form";
import { PROFILE_FIELDS, ProfilePart } from "../rooms/settings";
import { SIGN_IN_FIELDS, SignIn } from "../rooms/sign-in";
import { SIGN_UP_FIELDS, SignUp } from "../rooms/sign-up";
import { language } from "../state/preferences";
import { models, optionsOpen } from "../state/prompt";
import { PAINT_FIELDS, type Painting, refusal } from "../state/studio";
import type { Language, MessageKey } from "./catalogue";
import { type FieldName, problemSentence } from "./problem-sentence";
import { t } from "./translate";

vi.mock("../api/kanvas");

const LANGUAGES: readonly Language[] = ["en", "id"];
/** What the page sends and nobody types: they are told in general words. */
const UNSEEN = ["id", "job_id", "expected_version", "Idempotency-Key", "picture.width"];
const ME = { id: "1", handle: "ana", display_name: "Ana", bio: "", version: 1 } as Account;
const PAINTING: Painting = {
  id: "1",
  request: { prompt: "a fox" },
  queuePosition: 0,
  step: 8,
  of: 8,
  attempt: 1,
};
const MODEL = {
  name: "collage",
  version: "1",
  statement: "Arranges.",
  generative: false,
  styles: ["ink"],
  sizes: ["512x512"],
  default_steps: 8,
  default_guidance: 1,
};

interface Form {
  fields: readonly FieldName[];
  show: () => VNode;
  /** Has the gateway refuse what the form hands in. */
  refuse: (failure: Problem) => void;
}

const FORMS: Record<string, Form> = {
  "signing up": {
    fields: SIGN_UP_FIELDS,
    show: () => <SignUp />,
    refuse: (failure) => vi.mocked(kanvas.signUp).mockRejectedValue(failure),
  },
  "signing in": {
    fields: SIGN_IN_FIELDS,
    show: () => <SignIn />,
    refuse: (failure) => vi.mocked(kanvas.signIn).mockRejectedValue(failure),
  },
  "the profile": {
    fields: PROFILE_FIELDS,
    show: () => <ProfilePart me={ME} />,
    refuse: (failure) => vi.mocked(kanvas.updateProfile).mockRejectedValue(failure),
  },
  "changing the password": {
    fields: PASSWORD_FIELDS,
    show: () => <PasswordForm handle="ana" onChanged={() => undefined} />,
    refuse: (failure) => vi.mocked(kanvas.changePassword).mockRejectedValue(failure),
  },
  "deleting the account": {
    fields: DELETION_FIELDS,
    show: () => <DeletionForm handle="ana" onClose={() => undefined} />,
    refuse: (failure) => vi.mocked(kanvas.deleteAccount).mockRejectedValue(failure),
  },
  publishing: {
    fields: PUBLISH_FIELDS,
    show: () => <PublishForm painting={PAINTING} />,
    refuse: (failure) => vi.mocked(kanvas.createPost).mockRejectedValue(failure),
  },
  painting: {
    fields: PAINT_FIELDS,
    show: () => <PromptBox />,
    refuse: (failure) => {
      refusal.value = failure;
      optionsOpen.value = true;
    },
  },
};

let place: HTMLElement;

beforeEach(() => {
  place = document.body.appendChild(document.createElement("div"));
  models.value = [MODEL, { ...MODEL, name: "easel" }];
});

afterEach(() => {
  render(null, place);
  place.remove();
  refusal.value = undefined;
  optionsOpen.value = false;
  models.value = [];
  language.value = "en";
});

function invalid(...fields: string[]): Problem {
  const violations = fields.map((field) => ({ field, message: "No." }));
  const reason = "INVALID_ARGUMENT";
  return new Problem({ type: "", title: "", status: 422, reason, violations });
}

async function refused({ show, refuse }: Form, failure: Problem): Promise<void> {
  await act(() => render(show(), place));
  await act(() => {
    for (const input of place.querySelectorAll<HTMLInputElement>("[required]")) {
      input.value = "anything";
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
  refuse(failure);
  if (refusal.value === undefined) await handIn();
  else await act(() => undefined);
}

async function handIn(): Promise<void> {
  await act(async () => {
    const submission = new Event("submit", { bubbles: true, cancelable: true });
    place.querySelector("form")?.dispatchEvent(submission);
    await new Promise((resolve) => setTimeout(resolve)); // the answer is there by then
  });
}

function texts(selector: string): (string | undefined)[] {
  return [...place.querySelectorAll(selector)].map(({ textContent }) => textContent?.trim());
}

function sentenceOf(field: FieldName): string {
  const name = field === "width" || field === "height" ? "size" : field;
  return t(`field.${name}` as MessageKey);
}

describe.each(Object.entries(FORMS))("of %s", (_, form) => {
  it.each(form.fields)("%s is told beside the field", async (field) => {
    for (const speaks of LANGUAGES) {
      language.value = speaks;
      await refused(form, invalid(field));
      expect(texts(".field-error")).toEqual([sentenceOf(field)]);
      expect(texts(".form-error")).toEqual([]);
      render(null, place);
      refusal.value = undefined;
    }
  });

  it.each(UNSEEN)("%s is told in general words, beside what the fields say", async (unseen) => {
    const [field = "handle"] = form.fields;
    const failure = invalid(unseen, field);
    await refused(form, failure);
    expect(texts(".field-error")).toEqual([sentenceOf(field)]);
    expect(texts(".form-error")).toEqual([problemSentence(failure)]);
  });
});

it.each([
  ["signing up", "handle"],
  ["signing in", "password"],
  ["the profile", "bio"],
  ["publishing", "alt_text"],
] as const)("of %s, %s has the focus when it is refused", async (name, field) => {
  await refused(FORMS[name] as Form, invalid(field));
  expect(document.activeElement?.getAttribute("aria-invalid")).toBe("true");
});

it.each([
  ["signing up", ["handle", "password"]],
  ["signing in", ["handle", "password"]],
])("sends nothing of %s while a field is empty, and says so beside it", async (name, fields) => {
  vi.clearAllMocks();
  const { show } = FORMS[name] as Form;
  await act(() => render(show(), place));
  await handIn();
  expect(texts(".field-error")).toEqual(fields.map(() => t("form.empty")));
  expect(document.activeElement?.getAttribute("aria-invalid")).toBe("true");
  expect(kanvas.signUp).not.toHaveBeenCalled();
  expect(kanvas.signIn).not.toHaveBeenCalled();
});

it("says that a picture needs words", async () => {
  await act(() => render(<PromptBox />, place));
  await handIn();
  expect(texts(".field-error")).toEqual([t("paint.empty")]);
});
