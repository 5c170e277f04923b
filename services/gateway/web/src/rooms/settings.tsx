import type { TargetedSubmitEvent } from "preact";
import { useState } from "preact/hooks";
import { Problem } from "../api/failure";
import * as kanvas from "../api/kanvas";
import type { Account } from "../api/types";
import { type Language, languageNames } from "../i18n/catalogue";
import { refusalOf } from "../i18n/problem-sentence";
import { t } from "../i18n/translate";
import { Field } from "../parts/field";
import { PasswordForm } from "../parts/password-form";
import { SignedInPlaces } from "../parts/signed-in-places";
import { useRefusedForm } from "../parts/use-refused-form";
import { YourData } from "../parts/your-data";
import { navigate } from "../router";
import { learnAccount } from "../state/people";
import { chooseLanguage, language, type Theme, theme } from "../state/preferences";
import { dropProfileEdits, editProfile, noteSeen, profileEdits } from "../state/profile-edits";
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
        {me && <YourData me={me} />}
      </div>
    </div>
  );
}

export function ProfilePart({ me }: { me: Account }) {
  const { name = me.display_name, bio = me.bio, seen = me.version } = profileEdits.value;
  const hasEdits = name !== me.display_name || bio !== me.bio;
  const [isSending, setSending] = useState(false);
  const [failure, setFailure] = useState<unknown>(undefined);
  const { errors, sentence } = refusalOf(failure, PROFILE_FIELDS);
  const form = useRefusedForm(failure);
  const isConflict = isVersionConflict(failure);
  const save = async (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setSending(true);
    setFailure(undefined);
    const handedIn = profileEdits.value;
    try {
      const changes = { display_name: name.trim(), bio: bio.trim(), expected_version: seen };
      const changed = await kanvas.updateProfile(changes);
      learnAccount(changed);
      // What was typed meanwhile stays, and is to replace what has just been saved.
      if (profileEdits.value === handedIn) dropProfileEdits();
      else noteSeen(changed.version);
      toast(t("settings.saved"));
    } catch (problem) {
      if (isVersionConflict(problem)) await learnMyself();
      setFailure(problem);
    }
    setSending(false);
  };
  const discard = () => {
    dropProfileEdits();
    setFailure(undefined);
  };
  return (
    <section class="settings-part">
      <h2>{t("settings.profile")}</h2>
      <form ref={form} class="form" onSubmit={save}>
        <Field
          label={t("account.displayName")}
          hint={isConflict ? savedNow(me.display_name, name) : undefined}
          error={errors.display_name}
          value={name}
          onValue={(text) => editProfile({ name: text }, me.version)}
          most={50}
        />
        <Field
          label={t("account.bio")}
          hint={isConflict ? savedNow(me.bio, bio) : undefined}
          error={errors.bio}
          value={bio}
          onValue={(text) => editProfile({ bio: text }, me.version)}
          most={300}
          multiline
        />
        {sentence && (
          <p class="form-error" role="alert">
            {sentence}
          </p>
        )}
        <div class="form-actions">
          <button type="submit" class="button button--main" disabled={isSending}>
            {t(isSending ? "settings.saving" : "action.save")}
          </button>
          {hasEdits && !isSending && (
            <button type="button" class="button button--quiet" onClick={discard}>
              {t("settings.discard")}
            </button>
          )}
        </div>
      </form>
    </section>
  );
}

function isVersionConflict(failure: unknown): boolean {
  return failure instanceof Problem && failure.reason === "VERSION_CONFLICT";
}

/** Asks what stands in one's own profile; what cannot be asked now is asked at the next conflict. */
async function learnMyself(): Promise<void> {
  const session = await kanvas.currentSession().catch(() => undefined);
  if (!session) return;
  learnAccount(session.account);
  noteSeen(session.account.version);
}

/** What stands in a field now, where that is something else than what was typed. */
function savedNow(saved: string, typed: string): string | undefined {
  if (saved === typed) return undefined;
  return saved ? t("settings.saved.now", { text: saved }) : t("settings.saved.nothing");
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
  // A changed password ends sessions: the list is another one then.
  const [changes, setChanges] = useState(0);
  return (
    <>
      <section class="settings-part">
        <h2>{t("settings.password")}</h2>
        <PasswordForm handle={me.handle} onChanged={() => setChanges(changes + 1)} />
      </section>
      <section class="settings-part">
        <h2>{t("settings.places")}</h2>
        <SignedInPlaces key={changes} />
      </section>
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
    </>
  );
}
