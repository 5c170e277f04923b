import type { TargetedSubmitEvent } from "preact";
import { useState } from "preact/hooks";
import * as kanvas from "../api/kanvas";
import type { Account } from "../api/types";
import { type Language, languageNames } from "../i18n/catalogue";
import { refusalOf } from "../i18n/problem-sentence";
import { t } from "../i18n/translate";
import { Field } from "../parts/field";
import { useRefusedForm } from "../parts/use-refused-form";
import { navigate } from "../router";
import { learnAccount } from "../state/people";
import { chooseLanguage, language, type Theme, theme } from "../state/preferences";
import { profileEdits } from "../state/profile-edits";
import { account, signOut } from "../state/session";
import { toast, toastFailure } from "../state/toasts";

const THEMES: readonly Theme[] = ["system", "light", "dark"];
const LANGUAGES = Object.keys(languageNames) as Language[];

export const PROFILE_FIELDS = ["display_name", "bio"] as const;

/** How one appears, and how the page appears to one. */
export function Settings() {
  const me = account.value;
  return (
    <div class="room room--text">
      <header class="room-head">
        <h1>{t("settings.title")}</h1>
      </header>
      <div class="settings">
        {me && <ProfilePart key={me.id} me={me} />}
        <LookPart />
        {me && <SessionPart me={me} />}
      </div>
    </div>
  );
}

export function ProfilePart({ me }: { me: Account }) {
  const begun = profileEdits.value?.accountId === me.id ? profileEdits.value : undefined;
  const { name, bio } = begun ?? { name: me.display_name, bio: me.bio };
  const edit = (changes: { name: string } | { bio: string }) => {
    profileEdits.value = { accountId: me.id, name, bio, ...changes };
  };
  const [isSending, setSending] = useState(false);
  const [failure, setFailure] = useState<unknown>(undefined);
  const { errors, sentence } = refusalOf(failure, PROFILE_FIELDS);
  const form = useRefusedForm(failure);
  const save = async (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setSending(true);
    setFailure(undefined);
    try {
      const changes = { display_name: name.trim(), bio: bio.trim(), expected_version: me.version };
      const changed = await kanvas.updateProfile(changes);
      account.value = changed;
      profileEdits.value = undefined;
      learnAccount(changed);
      toast(t("settings.saved"));
    } catch (problem) {
      setFailure(problem);
    }
    setSending(false);
  };
  return (
    <section class="settings-part">
      <h2>{t("settings.profile")}</h2>
      <form ref={form} class="form" onSubmit={save}>
        <Field
          label={t("account.displayName")}
          error={errors.display_name}
          value={name}
          onValue={(text) => edit({ name: text })}
          most={50}
        />
        <Field
          label={t("account.bio")}
          error={errors.bio}
          value={bio}
          onValue={(text) => edit({ bio: text })}
          most={300}
          multiline
        />
        {sentence && (
          <p class="form-error" role="alert">
            {sentence}
          </p>
        )}
        <div>
          <button type="submit" class="button button--main" disabled={isSending}>
            {t(isSending ? "settings.saving" : "action.save")}
          </button>
        </div>
      </form>
    </section>
  );
}

function LookPart() {
  return (
    <section class="settings-part">
      <h2>{t("settings.look")}</h2>
      <fieldset>
        <legend class="legend">{t("settings.theme")}</legend>
        <div class="choices choices--row">
          {THEMES.map((choice) => (
            <label key={choice} class="choice">
              <input
                type="radio"
                name="theme"
                checked={theme.value === choice}
                onChange={() => {
                  theme.value = choice;
                }}
              />
              {t(`settings.theme.${choice}`)}
            </label>
          ))}
        </div>
      </fieldset>
      <fieldset>
        <legend class="legend">{t("settings.language")}</legend>
        <div class="choices choices--row">
          {LANGUAGES.map((choice) => (
            <label key={choice} class="choice" lang={choice}>
              <input
                type="radio"
                name="language"
                checked={language.value === choice}
                onChange={() => chooseLanguage(choice)}
              />
              {languageNames[choice]}
            </label>
          ))}
        </div>
      </fieldset>
    </section>
  );
}

function SessionPart({ me }: { me: Account }) {
  const leave = async () => {
    try {
      await signOut();
      navigate("/");
    } catch (failure) {
      toastFailure(failure);
    }
  };
  return (
    <section class="settings-part">
      <h2>{t("settings.session")}</h2>
      <p class="soft">{t("settings.signedInAs", { handle: me.handle })}</p>
      <p class="field-hint">{t("settings.signOut.hint")}</p>
      <div>
        <button type="button" class="button" onClick={() => void leave()}>
          {t("settings.signOut")}
        </button>
      </div>
    </section>
  );
}
