import { useState } from "preact/hooks";
import { uuid7 } from "../api/uuid7";
import { t } from "../i18n/translate";
import { AlreadyIn } from "../parts/already-in";
import { Field } from "../parts/field";
import { PasswordField } from "../parts/password-field";
import { useAccountForm } from "../parts/use-account-form";
import type { SubmitEvent } from "../parts/use-filled-form";
import { doorPath } from "../router";
import { draft, handedIn } from "../state/prompt";
import { signUp } from "../state/session";

export const SIGN_UP_FIELDS = ["handle", "display_name", "password"] as const;

/** The door for those who are new. */
export function SignUp() {
  const [id] = useState(uuid7);
  const [handle, setHandle] = useState("");
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const { errors, sentence, isSending, submit, form } = useAccountForm(
    SIGN_UP_FIELDS,
    { handle, password },
    () =>
      signUp({
        id,
        handle: handle.trim().replace(/^@/, ""),
        password,
        ...(name.trim() && { display_name: name.trim() }),
      }),
  );
  const waiting = handedIn.value && draft.value.prompt.trim();
  return (
    <div class="room room--narrow">
      <div class="door">
        <header class="door-head">
          <h1>{t("signUp.title")}</h1>
          <p class="soft">
            {waiting ? t("signUp.waiting", { prompt: waiting }) : t("signUp.text")}
          </p>
        </header>
        <AlreadyIn />
        <form ref={form} class="form" noValidate onSubmit={(event: SubmitEvent) => submit(event)}>
          <Field
            label={t("account.handle")}
            hint={t("account.handle.hint")}
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
          <Field
            label={t("account.displayName")}
            hint={t("account.displayName.hint")}
            error={errors.display_name}
            value={name}
            onValue={setName}
            most={50}
            input={{ name: "name", autoComplete: "nickname" }}
          />
          <PasswordField
            hint={t("account.password.hint")}
            error={errors.password}
            value={password}
            onValue={setPassword}
            autoComplete="new-password"
          />
          {sentence && (
            <p class="form-error" role="alert">
              {sentence}
            </p>
          )}
          <button type="submit" class="button button--main" disabled={isSending}>
            {t(isSending ? "signUp.sending" : "signUp.submit")}
          </button>
        </form>
        <a class="link" href={doorPath("signin")}>
          {t("signUp.toSignIn")}
        </a>
      </div>
    </div>
  );
}
