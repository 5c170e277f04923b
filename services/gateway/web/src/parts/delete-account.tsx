import { useState } from "preact/hooks";
import { t } from "../i18n/translate";
import { deleteAccount } from "../state/session";
import { PasswordField } from "./password-field";
import { type SubmitEvent, useFilledForm } from "./use-filled-form";

export const DELETION_FIELDS = ["password"] as const;

/** The way out for good: what will happen, and then the password. */
export function DeleteAccount({ handle }: { handle: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <section class="form" aria-label={t("settings.delete")}>
      <h3 class="legend">{t("settings.delete")}</h3>
      {isOpen ? (
        <DeletionForm handle={handle} onClose={() => setOpen(false)} />
      ) : (
        <>
          <p class="soft">{t("settings.delete.hint")}</p>
          <div>
            <button type="button" class="button" onClick={() => setOpen(true)}>
              {t("settings.delete.begin")}
            </button>
          </div>
        </>
      )}
    </section>
  );
}

export function DeletionForm({ handle, onClose }: { handle: string; onClose: () => void }) {
  const [password, setPassword] = useState("");
  const { errors, sentence, isSending, submit, form } = useFilledForm(
    DELETION_FIELDS,
    { password },
    () => deleteAccount(password),
  );
  return (
    <form ref={form} class="form" noValidate onSubmit={(event: SubmitEvent) => submit(event)}>
      <p>{t("settings.delete.hidden", { handle })}</p>
      <p>{t("settings.delete.grace")}</p>
      <p>{t("settings.delete.erased")}</p>
      <p>{t("settings.delete.export")}</p>
      {/* Tells a password manager whose password is asked for. */}
      <input hidden readOnly autoComplete="username" value={handle} />
      <PasswordField
        error={errors.password}
        value={password}
        onValue={setPassword}
        autoComplete="current-password"
      />
      {sentence && (
        <p class="form-error" role="alert">
          {sentence}
        </p>
      )}
      <div class="form-actions">
        <button type="submit" class="button button--main" disabled={isSending}>
          {t(isSending ? "settings.delete.sending" : "settings.delete.submit")}
        </button>
        {!isSending && (
          <button type="button" class="button button--quiet" onClick={onClose}>
            {t("action.cancel")}
          </button>
        )}
      </div>
    </form>
  );
}
