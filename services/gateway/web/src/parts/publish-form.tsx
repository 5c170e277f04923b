import type { TargetedSubmitEvent } from "preact";
import { useState } from "preact/hooks";
import type { Uses, Visibility } from "../api/types";
import { fieldSentences, problemSentence } from "../i18n/problem-sentence";
import { t } from "../i18n/translate";
import { postPath } from "../router";
import { makeSmall, type Painting, publish, publishing } from "../state/studio";
import { toast } from "../state/toasts";
import { altDraft } from "./alt-draft";
import { Field } from "./field";

const CAPTION_MOST = 500;
const ALT_MOST = 1_000;
const NOTHING: Uses = { train: false, embed: false, recommend: false };
const VISIBILITIES: readonly Visibility[] = ["public", "followers"];
const USES = ["train", "embed", "recommend"] as const;

/** What is asked before a picture goes on the wall. */
export function PublishForm({ painting }: { painting: Painting }) {
  const [caption, setCaption] = useState("");
  const [altText, setAltText] = useState(() => altDraft(painting.request.prompt));
  const [visibility, setVisibility] = useState<Visibility>("public");
  const [uses, setUses] = useState(NOTHING);
  const [isSending, setSending] = useState(false);
  const [failure, setFailure] = useState<unknown>(undefined);
  const errors = fieldSentences(failure);

  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setSending(true);
    try {
      const form = { caption: caption.trim(), alt_text: altText.trim(), visibility, uses };
      const post = await publish(painting, form);
      publishing.value = false;
      makeSmall();
      toast(t("paint.published"), { href: postPath(post.id), text: t("paint.see") });
    } catch (problem) {
      setFailure(problem);
      setSending(false);
    }
  };

  return (
    <form class="publish" aria-label={t("publish.title")} onSubmit={submit}>
      <Field
        label={t("publish.caption")}
        hint={t("publish.caption.hint")}
        error={errors.caption}
        value={caption}
        onValue={setCaption}
        most={CAPTION_MOST}
        multiline
      />
      <Field
        label={t("publish.alt")}
        hint={t("publish.alt.hint")}
        error={errors.alt_text}
        value={altText}
        onValue={setAltText}
        most={ALT_MOST}
        multiline
      />
      <fieldset>
        <legend class="legend">{t("publish.visibility")}</legend>
        <div class="choices choices--row">
          {VISIBILITIES.map((choice) => (
            <label key={choice} class="choice">
              <input
                type="radio"
                name="visibility"
                checked={visibility === choice}
                onChange={() => setVisibility(choice)}
              />
              {t(`publish.visibility.${choice}`)}
            </label>
          ))}
        </div>
      </fieldset>
      <fieldset>
        <legend class="legend">{t("publish.uses")}</legend>
        <p class="field-hint">{t("publish.uses.hint")}</p>
        <div class="choices choices--row">
          {USES.map((use) => (
            <label key={use} class="choice">
              <input
                type="checkbox"
                checked={uses[use]}
                onChange={({ currentTarget }) => setUses({ ...uses, [use]: currentTarget.checked })}
              />
              {t(`publish.uses.${use}`)}
            </label>
          ))}
        </div>
      </fieldset>
      <p class="field-hint">{t("publish.prompt.hint", { prompt: painting.request.prompt })}</p>
      {failure !== undefined && Object.keys(errors).length === 0 && (
        <p class="form-error" role="alert">
          {problemSentence(failure)}
        </p>
      )}
      <div class="easel-actions">
        <button type="submit" class="button button--main" disabled={isSending}>
          {t(isSending ? "publish.sending" : "publish.submit")}
        </button>
        <button
          type="button"
          class="button"
          onClick={() => {
            publishing.value = false;
          }}
        >
          {t("action.cancel")}
        </button>
      </div>
    </form>
  );
}
