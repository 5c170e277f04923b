import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { number } from "../i18n/translate";

interface FieldProps {
  label: string;
  value: string;
  onValue: (value: string) => void;
  hint?: string | undefined;
  error?: string | undefined;
  /** Most characters; the count shows when it comes near. */
  most?: number;
  multiline?: boolean;
  small?: boolean;
  input?: JSX.IntrinsicElements["input"];
}

const COUNT_FROM = 0.8;

/** A labelled input with its hint, and what is wrong with it beside it. */
export function Field(props: FieldProps) {
  const { label, value, onValue, hint, error, most, multiline, small, input } = props;
  const id = useId();
  const noteId = `${id}-note`;
  const note = error ?? hint;
  const shared = {
    id,
    value,
    class: small ? "input input--small" : "input",
    "aria-invalid": Boolean(error),
    ...(note && { "aria-describedby": noteId }),
  };
  const isNearlyFull = most !== undefined && value.length >= most * COUNT_FROM;
  return (
    <div class="field">
      <div class="field-head">
        <label class="field-label" for={id}>
          {label}
        </label>
        {isNearlyFull && (
          <span class="field-count">{`${number(value.length)} / ${number(most)}`}</span>
        )}
      </div>
      {multiline ? (
        <textarea
          {...shared}
          rows={2}
          maxLength={most}
          onInput={({ currentTarget }) => onValue(currentTarget.value)}
        />
      ) : (
        <input
          {...shared}
          maxLength={most}
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
