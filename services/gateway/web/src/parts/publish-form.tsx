import { useSignal } from "@preact/signals";
import type { TargetedSubmitEvent } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { Visibility } from "../api/types";
import { refusalOf } from "../i18n/problem-sentence";
import { t } from "../i18n/translate";
import { postPath } from "../router";
import { keepPostDraft, type PostDraft, recallPostDraft } from "../state/post-drafts";
import { makeSmall, type Painting, publish, publishing } from "../state/studio";
import { toast, wayOn } from "../state/toasts";
import { altDraft } from "./alt-draft";
import { Field, FieldError } from "./field";
import { useRefusedForm } from "./use-refused-form";

const CAPTION_MOST = 500;
const ALT_MOST = 1_000;
const VISIBILITIES: readonly Visibility[] = ["public", "followers"];
const USES = ["train", "embed", "recommend"] as const;

export const PUBLISH_FIELDS = ["caption", "alt_text", "visibility", "uses"] as const;

/** What is asked before a picture goes on the wall. What was begun is found again, until it hangs. */
export function PublishForm({ painting }: { painting: Painting }) {
  const { id, request } = painting;
  const draft = useSignal(useMemo(() => recallPostDraft(id, altDraft(request.prompt)), []));
  const { caption, altText, visibility, uses } = draft.value;
  const [isSending, setSending] = useState(false);
  const [failure, setFailure] = useState<unknown>(undefined);
  const { errors, sentence } = refusalOf(failure, PUBLISH_FIELDS);
  const form = useRefusedForm(failure);
  const way = wayOn(failure);

  const edit = (changes: Partial<PostDraft>) => {
    draft.value = { ...draft.value, ...changes };
    keepPostDraft(id, draft.value);
  };
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setSending(true);
    try {
      const words = { caption: caption.trim(), alt_text: altText.trim(), visibility, uses };
      const post = await publish(painting, words);
      if (!post) return;
      publishing.value = false;
      makeSmall();
      toast(t("paint.published"), { href: postPath(post.id), text: t("paint.see") });
    } catch (problem) {
      setFailure(problem);
      setSending(false);
    }
  };

  return (
    <form
      ref={form}
      class="publish"
      aria-label={t("publish.title")}
      tabIndex={-1}
      onSubmit={submit}
    >
      <Field
        label={t("publish.caption")}
        hint={t("publish.caption.hint")}
        error={errors.caption}
        value={caption}
        onValue={(text) => edit({ caption: text })}
        most={CAPTION_MOST}
        multiline
      />
      <Field
        label={t("publish.alt")}
        hint={t("publish.alt.hint")}
        error={errors.alt_text}
        value={altText}
        onValue={(text) => edit({ altText: text })}
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
                onChange={() => edit({ visibility: choice })}
              />
              {t(`publish.visibility.${choice}`)}
            </label>
          ))}
        </div>
        <FieldError text={errors.visibility} />
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
                onChange={({ currentTarget }) =>
                  edit({ uses: { ...uses, [use]: currentTarget.checked } })
                }
              />
              {t(`publish.uses.${use}`)}
            </label>
          ))}
        </div>
        <FieldError text={errors.uses} />
      </fieldset>
      <p class="field-hint">{t("publish.prompt.hint", { prompt: request.prompt })}</p>
      {sentence && (
        <p class="form-error" role="alert">
          {sentence}{" "}
          {way && (
            <a class="link" href={way.href}>
              {way.text}
            </a>
          )}
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
