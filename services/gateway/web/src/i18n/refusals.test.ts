/** Every reason that REST can give, and every field that a form sends, has a sentence. */
import { afterEach, expect, it, vi } from "vitest";
import described from "../../../../../docs/api/openapi.json?raw";
import catalogueOfErrors from "../../../../../docs/errors.md?raw";
import { Problem } from "../api/failure";
import type { Reason } from "../api/types";
import { DELETION_FIELDS } from "../parts/delete-account";
import { PASSWORD_FIELDS } from "../parts/password-form";
import { PUBLISH_FIELDS } from "../parts/publish-form";
import { PROFILE_FIELDS } from "../rooms/settings";
import { SIGN_IN_FIELDS } from "../rooms/sign-in";
import { SIGN_UP_FIELDS } from "../rooms/sign-up";
import { language } from "../state/preferences";
import { PAINT_FIELDS } from "../state/studio";
import { catalogue, type Language } from "./catalogue";
import { problemSentence, refusalOf } from "./problem-sentence";
import { t } from "./translate";

vi.mock("../api/kanvas");

const LANGUAGES: readonly Language[] = ["en", "id"];
/** What the page sends and nobody types. */
const UNSEEN = new Set(["id", "job_id", "expected_version"]);
const FORMS: Record<string, readonly string[]> = {
  SignUp: SIGN_UP_FIELDS,
  SignIn: SIGN_IN_FIELDS,
  ProfileChange: PROFILE_FIELDS,
  PasswordChange: PASSWORD_FIELDS,
  AccountDeletion: DELETION_FIELDS,
  NewPost: PUBLISH_FIELDS,
  NewJob: PAINT_FIELDS,
};

afterEach(() => {
  language.value = "en";
});

it.each(Object.entries(FORMS))("the form of a %s has all fields that it sends", (name, fields) => {
  const { properties } = JSON.parse(described).components.schemas[name];
  const typed = Object.keys(properties).filter((field) => !UNSEEN.has(field));
  expect(typed.sort()).toEqual([...fields].sort());
});

it("has no sentence for a field that no form has", () => {
  const named = Object.values(FORMS)
    .flat()
    .map((field) => (field === "width" || field === "height" ? "size" : field));
  const written = Object.keys(catalogue)
    .filter((key) => key.startsWith("field.") && key !== "field.over")
    .map((key) => key.slice("field.".length));
  expect(new Set(written)).toEqual(new Set(named));
});

it("names the part of a field as its form does, and of a picture as no form does", () => {
  const refused = (...fields: string[]) => {
    const violations = fields.map((field) => ({ field, message: "No." }));
    return new Problem({ type: "", title: "", status: 422, violations });
  };
  const { errors } = refusalOf(refused("spec.steps", "uses.train"), ["steps", "uses", "width"]);
  expect(Object.keys(errors)).toEqual(["steps", "uses"]);
  expect(refusalOf(refused("picture.width"), ["width"]).errors).toEqual({});
});

it("tells a reason that is about one field beside that field, in the reason's own words", () => {
  const taken = new Problem({ type: "", title: "", status: 409, reason: "HANDLE_TAKEN" });
  const sentence = problemSentence(taken);
  expect(refusalOf(taken, ["handle"])).toEqual({ errors: { handle: sentence } });
  expect(refusalOf(taken, ["password"])).toEqual({ errors: {}, sentence });
});

it("says nothing where nothing was refused", () => {
  expect(refusalOf(undefined, ["handle"])).toEqual({ errors: {}, sentence: undefined });
});

/** Rows of docs/errors.md with a status: what REST can answer. */
const REASONS = [
  ...catalogueOfErrors.matchAll(/^\| `([A-Z_]+)` \|(?: [A-Z_]+ \|)? (\d{3}) \|/gm),
].map(([, reason = "", status = ""]) => [reason as Reason, Number(status)] as const);

it.each(REASONS)("%s has a sentence in both languages", (reason, status) => {
  const failure = new Problem({ type: "", title: "", status, reason, trace_id: "4bf9" }, 5);
  const told = LANGUAGES.map((speaks) => {
    language.value = speaks;
    return problemSentence(failure);
  });
  expect(new Set(told).size).toBe(LANGUAGES.length);
  // Of a fault of ours there is no more to say than where to find it.
  expect(told.every((sentence) => sentence.includes("4bf9"))).toBe(status === 500);
  expect(told).not.toContain(t("problem.unknownTraceless"));
});

it("knows the reasons that the description knows", () => {
  const { enum: reasons } = JSON.parse(described).components.schemas.Reason;
  const inside = new Set(["COPY_HOLE", "KEYSPACE_MISSING"]);
  expect(
    REASONS.map(([reason]) => String(reason))
      .filter((reason) => !inside.has(reason))
      .sort(),
  ).toEqual(reasons);
});
