import { useId, useState } from "preact/hooks";
import { t } from "../i18n/translate";
import { useRefusedValue } from "./use-refused-value";

interface Props {
  label?: string;
  value: string;
  onValue: (value: string) => void;
  autoComplete: "new-password" | "current-password";
  hint?: string | undefined;
  error?: string | undefined;
}

/** A password that can be looked at before it is sent. */
export function PasswordField({ label, value, onValue, autoComplete, hint, ...refused }: Props) {
  const id = useId();
  const error = useRefusedValue(value, refused.error);
  const [isShown, setShown] = useState(false);
  const note = error ?? hint;
  // The types of Preact tell inputs apart by a literal `type`.
  const type: "password" = isShown ? ("text" as "password") : "password";
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label ?? t("account.password")}
      </label>
      <div class="with-button">
        <input
          id={id}
          class="input"
          type={type}
          name="password"
          autoComplete={autoComplete}
          required
          value={value}
          aria-invalid={Boolean(error)}
          aria-describedby={note ? `${id}-note` : undefined}
          onInput={({ currentTarget }) => onValue(currentTarget.value)}
        />
        <button
          type="button"
          class="button"
          aria-pressed={isShown}
          onClick={() => setShown(!isShown)}
        >
          {t(isShown ? "account.password.hide" : "account.password.show")}
        </button>
      </div>
      {note && (
        <p
          id={`${id}-note`}
          class={error ? "field-error" : "field-hint"}
          role={error ? "alert" : undefined}
        >
          {note}
        </p>
      )}
    </div>
  );
}
