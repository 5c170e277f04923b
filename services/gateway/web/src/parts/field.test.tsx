// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { beforeEach, expect, it } from "vitest";
import { Field } from "./field";
import { PasswordField } from "./password-field";

const root = document.body.appendChild(document.createElement("div"));
const FIELDS = {
  Field: (value: string, error?: string) => (
    <Field label="Handle" value={value} onValue={() => undefined} error={error} />
  ),
  PasswordField: (value: string, error?: string) => (
    <PasswordField
      value={value}
      onValue={() => undefined}
      autoComplete="new-password"
      error={error}
    />
  ),
};

beforeEach(() => render(null, root));

it.each(Object.entries(FIELDS))("%s says what is wrong until it is mended", async (_, field) => {
  const told = async (value: string, error?: string) => {
    await act(() => render(field(value, error), root));
    const isMarked = root.querySelector("input")?.getAttribute("aria-invalid") === "true";
    expect(isMarked).toBe(root.querySelector("[role=alert]") !== null);
    return root.querySelector("[role=alert]")?.textContent;
  };
  expect(await told("")).toBeUndefined();
  expect(await told("", "is empty")).toBe("is empty");
  expect(await told(" ", "is empty")).toBe("is empty");
  expect(await told("a", "is empty")).toBeUndefined();
  // The form is handed in again: another error, none, and the same error for another value.
  expect(await told("a", "is too short")).toBe("is too short");
  expect(await told("b", "is too short")).toBeUndefined();
  expect(await told("b")).toBeUndefined();
  expect(await told("b", "is too short")).toBe("is too short");
});
