import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { characters } from "../text/kept";
import { CharacterCount } from "./character-count";
import { useRefusedValue } from "./use-refused-value";

interface FieldProps {
  label: string;
  value: string;
  onValue: (value: string) => void;
  hint?: string | undefined;
  error?: string | undefined;
  /** Most characters; the count shows when it comes near, and warns beyond. Nothing is cut. */
  most?: number;
  multiline?: boolean;
  small?: boolean;
  input?: JSX.IntrinsicElements["input"];
}

/** What is wrong with a choice, below it. */
export function FieldError({ text }: { text: string | undefined }) {
  if (!text) return null;
  return (
    <p class="field-error" role="alert">
      {text}
    </p>
  );
}

/** A labelled input with its hint, and what is wrong with it beside it. */
export function Field(props: FieldProps) {
  const { label, value, onValue, hint, most, multiline, small, input } = props;
  const id = useId();
  const error = useRefusedValue(value, props.error);
  const noteId = `${id}-note`;
  const note = error ?? hint;
  const shared = {
    id,
    value,
    dir: "auto" as const,
    class: small ? "input input--small" : "input",
    "aria-invalid": Boolean(error),
    ...(note && { "aria-describedby": noteId }),
  };
  return (
    <div class="field">
      <div class="field-head">
        <label class="field-label" for={id}>
          {label}
        </label>
        {most !== undefined && (
          <CharacterCount count={characters(value, { lines: Boolean(multiline) })} most={most} />
        )}
      </div>
      {multiline ? (
        <textarea
          {...shared}
          rows={2}
          onInput={({ currentTarget }) => onValue(currentTarget.value)}
        />
      ) : (
        <input
          {...shared}
          {...input}
          onInput={({ currentTarget }) => onValue(currentTarget.value)}
        />
      )}
      {note && (
        <p
          id={noteId}
          class={error ? "field-error" : "field-hint"}
          role={error ? "alert" : undefined}
        >
          {note}
        </p>
      )}
    </div>
  );
}
