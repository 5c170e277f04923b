import { useState } from "preact/hooks";
import * as kanvas from "../api/kanvas";
import { t } from "../i18n/translate";
import { toast } from "../state/toasts";
import { PasswordField } from "./password-field";
import { type SubmitEvent, useFilledForm } from "./use-filled-form";

export const PASSWORD_FIELDS = ["old_password", "new_password"] as const;

/** A new password, for who knows the present one. Everywhere else it signs out. */
export function PasswordForm({ handle, onChanged }: { handle: string; onChanged: () => void }) {
  const [old, setOld] = useState("");
  const [next, setNext] = useState("");
  const { errors, sentence, isSending, submit, form } = useFilledForm(
    PASSWORD_FIELDS,
    { old_password: old, new_password: next },
    async () => {
      await kanvas.changePassword({ old_password: old, new_password: next });
      setOld("");
      setNext("");
      toast(t("settings.password.changed"));
      onChanged();
    },
  );
  return (
    <form ref={form} class="form" noValidate onSubmit={(event: SubmitEvent) => submit(event)}>
      {/* Tells a password manager of which account it is to remember the new one. */}
      <input hidden readOnly autoComplete="username" value={handle} />
      <PasswordField
        label={t("settings.password.old")}
        error={errors.old_password}
        value={old}
        onValue={setOld}
        autoComplete="current-password"
      />
      <PasswordField
        label={t("settings.password.new")}
        hint={t("account.password.hint")}
        error={errors.new_password}
        value={next}
        onValue={setNext}
        autoComplete="new-password"
      />
      <p class="field-hint">{t("settings.password.hint")}</p>
      {sentence && (
        <p class="form-error" role="alert">
          {sentence}
        </p>
      )}
      <div>
        <button type="submit" class="button" disabled={isSending}>
          {t(isSending ? "settings.saving" : "settings.password.change")}
        </button>
      </div>
    </form>
  );
}
