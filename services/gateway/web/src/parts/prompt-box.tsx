import { useEffect, useRef, useState } from "preact/hooks";
import { modelName } from "../i18n/model-name";
import { refusalOf } from "../i18n/problem-sentence";
import { styleName } from "../i18n/style-name";
import { t } from "../i18n/translate";
import { navigate } from "../router";
import {
  bringBack,
  type Draft,
  draft,
  dropSetAside,
  editDraft,
  handedIn,
  loadModels,
  models,
  optionsOpen,
  setAside,
} from "../state/prompt";
import { signedIn } from "../state/session";
import { current, easelOpen, hasNoPicture, PAINT_FIELDS, paint, refusal } from "../state/studio";
import { characters } from "../text/kept";
import { CharacterCount } from "./character-count";
import { Icon } from "./icon";
import { PaintOptions } from "./paint-options";
import { SmallPicture } from "./small-picture";

const PROMPT_MOST = 1_000;
const COMPOSING = 229;
const FIELD = "paint-prompt";

export function focusPrompt(): void {
  document.getElementById(FIELD)?.focus();
}

/** Where one asks for a picture. */
export function PromptBox({ autofocus = false }: { autofocus?: boolean }) {
  const [isAskedEmpty, setAskedEmpty] = useState(false);
  const optionsButton = useRef<HTMLButtonElement>(null);
  useEffect(() => void loadModels(), []);
  const isEmpty = () => !draft.value.prompt.trim();
  const error =
    isAskedEmpty && isEmpty()
      ? t("paint.empty")
      : refusalOf(refusal.value, PAINT_FIELDS).errors.prompt;
  const submit = () => {
    setAskedEmpty(isEmpty());
    if (isEmpty()) return focusPrompt();
    if (signedIn.value) return void paint();
    handedIn.value = true;
    navigate("/signup");
  };
  const closeOptions = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !optionsOpen.value || isOfInputMethod(event)) return;
    // Only the options close, not the sheet that they are in; the words keep the focus.
    event.preventDefault();
    optionsOpen.value = false;
    if (document.activeElement?.id !== FIELD) optionsButton.current?.focus();
  };
  return (
    <form
      aria-label={t("paint.sheet")}
      onKeyDown={closeOptions}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {optionsOpen.value ? <PaintOptions /> : <Chips of={draft.value} />}
      <SetAside />
      <div class="prompt-foot">
        {error && (
          <p class="prompt-error field-error" role="alert">
            {error}
          </p>
        )}
        <CharacterCount
          count={characters(draft.value.prompt, { lines: false })}
          most={PROMPT_MOST}
        />
        <div class="prompt">
          <Thumb />
          <button
            ref={optionsButton}
            type="button"
            class="icon-button"
            aria-label={t("paint.options")}
            title={t("paint.options")}
            aria-expanded={optionsOpen.value}
            onClick={() => {
              optionsOpen.value = !optionsOpen.value;
            }}
          >
            <Icon name="options" />
          </button>
          <textarea
            id={FIELD}
            class="prompt-field"
            rows={1}
            autofocus={autofocus}
            dir="auto"
            aria-label={t("paint.prompt")}
            aria-invalid={Boolean(error)}
            placeholder={t("paint.placeholder")}
            value={draft.value.prompt}
            onInput={({ currentTarget }) => editDraft({ prompt: currentTarget.value })}
            onKeyDown={(event) => {
              if (event.key === "Escape" && !optionsOpen.value) event.currentTarget.blur();
              if (event.key !== "Enter" || event.shiftKey || isOfInputMethod(event)) return;
              event.preventDefault();
              if (!event.repeat) submit();
            }}
          />
          <button type="submit" class="button button--main">
            <Icon name="brush" size={20} />
            {t("paint.submit")}
          </button>
        </div>
      </div>
    </form>
  );
}

/** Whether a key ends or steers a composition, in the newer and the older way of saying so. */
function isOfInputMethod({ isComposing, keyCode }: KeyboardEvent): boolean {
  return isComposing || keyCode === COMPOSING;
}

/** What stood in the box before other words were put there. */
function SetAside() {
  const before = setAside.value;
  if (!before) return null;
  return (
    <div class="set-aside">
      <p class="set-aside-words" dir="auto">
        {t("paint.before", { prompt: before.prompt })}
      </p>
      <button
        type="button"
        class="button button--quiet"
        onClick={() => {
          bringBack();
          focusPrompt();
        }}
      >
        {t("paint.bringBack")}
      </button>
      <button
        type="button"
        class="icon-button"
        aria-label={t("paint.dropBefore")}
        title={t("paint.dropBefore")}
        onClick={dropSetAside}
      >
        <Icon name="close" size={16} />
      </button>
    </div>
  );
}

/** What is chosen besides the words, while the options are closed. */
function Chips({ of }: { of: Draft }) {
  const { model, size, style, steps, seed, guidance, negative } = of;
  const chosen = [
    model && model !== models.value[0]?.name && modelName(model),
    size.replace("x", " × "),
    style && styleName(style),
    steps && `${t("paint.steps")} ${steps}`,
    seed && `${t("paint.seed")} ${seed}`,
    guidance && `${t("paint.guidance")} ${guidance}`,
    negative && `${t("paint.negative")}: ${negative}`,
  ].filter(Boolean);
  if (chosen.length === 0) return null;
  return (
    <div class="chips">
      {chosen.map((text) => (
        <span key={text} class="chip" dir="auto">
          {text}
        </span>
      ))}
    </div>
  );
}

/** The picture on the easel, small, while the easel is closed; none once it hangs on a wall. */
function Thumb() {
  const painting = current.value;
  if (!painting || painting.postId || easelOpen.value) return null;
  const label = hasNoPicture(painting)
    ? t("paint.failed.of", { prompt: painting.request.prompt })
    : t("paint.maximize");
  return (
    <button
      type="button"
      class="prompt-thumb"
      aria-label={label}
      title={label}
      onClick={() => {
        easelOpen.value = true;
      }}
    >
      <SmallPicture of={painting} />
    </button>
  );
}
