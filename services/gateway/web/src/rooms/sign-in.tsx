import { useState } from "preact/hooks";
import { t } from "../i18n/translate";
import { AlreadyIn } from "../parts/already-in";
import { Field } from "../parts/field";
import { PasswordField } from "../parts/password-field";
import { useAccountForm } from "../parts/use-account-form";
import type { SubmitEvent } from "../parts/use-filled-form";
import { doorPath } from "../router";
import { signIn } from "../state/session";

export const SIGN_IN_FIELDS = ["handle", "password"] as const;

/** The door for those who have been here before. */
export function SignIn() {
  const [handle, setHandle] = useState("");
  const [password, setPassword] = useState("");
  const { errors, sentence, isSending, submit, form } = useAccountForm(
    SIGN_IN_FIELDS,
    { handle, password },
    () => signIn(handle.trim().replace(/^@/, ""), password),
  );
  return (
    <div class="room room--narrow">
      <div class="door">
        <header class="door-head">
          <h1>{t("signIn.title")}</h1>
        </header>
        <AlreadyIn />
        <form ref={form} class="form" noValidate onSubmit={(event: SubmitEvent) => submit(event)}>
          <Field
            label={t("account.handle")}
            error={errors.handle}
            value={handle}
            onValue={setHandle}
            most={31}
            input={{
              name: "username",
              autoComplete: "username",
              autoCapitalize: "none",
              spellcheck: false,
              required: true,
            }}
          />
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
          <button type="submit" class="button button--main" disabled={isSending}>
            {t(isSending ? "signIn.sending" : "signIn.submit")}
          </button>
        </form>
        <a class="link" href={doorPath("signup")}>
          {t("signIn.toSignUp")}
        </a>
      </div>
    </div>
  );
}
