import { useEffect, useRef } from "preact/hooks";
import { modelName, modelStatement } from "../i18n/model-name";
import { refusalOf } from "../i18n/problem-sentence";
import { styleName } from "../i18n/style-name";
import { t } from "../i18n/translate";
import {
  chooseModel,
  chosenModel,
  draft,
  editDraft,
  loadModels,
  models,
  resetOptions,
} from "../state/prompt";
import { PAINT_FIELDS, refusal } from "../state/studio";
import { Field, FieldError } from "./field";

const SHAPE_AREA = 220;

/** Who paints, size, style, steps, seed, guidance and what to leave out: all optional. */
export function PaintOptions() {
  const { size, style, steps, seed, guidance, negative } = draft.value;
  const model = chosenModel.value;
  const { errors, sentence } = refusalOf(refusal.value, PAINT_FIELDS);
  const root = useRef<HTMLDivElement>(null);
  // They may not have come when the page was opened.
  useEffect(() => void loadModels(), []);
  // Beside a picture they lie below what the sheet of a phone shows.
  useEffect(() => root.current?.scrollIntoView({ block: "start" }), []);
  useEffect(() => {
    const { current: here } = root;
    here?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus({ preventScroll: true });
    here?.querySelector(".field-error, .form-error")?.scrollIntoView({ block: "center" });
  }, [refusal.value]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset needs a legend that is seen.
    <div ref={root} class="options" role="group" aria-label={t("paint.options")}>
      {sentence && (
        <p class="options-wide form-error" role="alert">
          {sentence}
        </p>
      )}
      {models.value.length > 1 && <ModelChoice />}
      <FieldError text={errors.model} />
      {model && (
        <fieldset class="options-wide">
          <legend class="legend">{t("paint.size")}</legend>
          <div class="sizes">
            {model.sizes.map((choice, index) => (
              <Size
                key={choice}
                size={choice}
                isChosen={size === choice || (!size && index === 0)}
                onChoose={() => editDraft({ size: choice })}
              />
            ))}
          </div>
        </fieldset>
      )}
      <FieldError text={errors.width ?? errors.height} />
      {model && model.styles.length > 0 && (
        <div class="field">
          <label class="field-label" for="paint-style">
            {t("paint.style")}
          </label>
          <select
            id="paint-style"
            class="input input--small"
            value={style}
            onChange={({ currentTarget }) => editDraft({ style: currentTarget.value })}
          >
            <option value="">{t("paint.style.auto")}</option>
            {model.styles.map((name) => (
              <option key={name} value={name}>
                {styleName(name)}
              </option>
            ))}
          </select>
        </div>
      )}
      <FieldError text={errors.style} />
      <Field
        label={t("paint.steps")}
        hint={t("paint.steps.hint")}
        value={steps}
        onValue={(value) => editDraft({ steps: digits(value) })}
        small
        error={errors.steps}
        input={{
          inputMode: "numeric",
          placeholder: model ? String(model.default_steps) : "",
        }}
      />
      <Field
        label={t("paint.seed")}
        hint={t("paint.seed.hint")}
        value={seed}
        onValue={(value) => editDraft({ seed: digits(value) })}
        small
        error={errors.seed}
        input={{ inputMode: "numeric", placeholder: t("paint.seed.new") }}
      />
      {model && model.default_guidance > 0 ? (
        <Field
          label={t("paint.guidance")}
          hint={t("paint.guidance.hint")}
          value={guidance}
          onValue={(value) => editDraft({ guidance: value.replace(/[^\d.]/g, "") })}
          small
          error={errors.guidance}
          input={{ inputMode: "decimal", placeholder: String(model.default_guidance) }}
        />
      ) : (
        <FieldError text={errors.guidance} />
      )}
      <div class="options-wide">
        <Field
          label={t("paint.negative")}
          value={negative}
          onValue={(value) => editDraft({ negative: value })}
          most={1_000}
          error={errors.negative_prompt}
          small
        />
      </div>
      <div class="options-foot">
        <button type="button" class="button button--quiet" onClick={resetOptions}>
          {t("paint.reset")}
        </button>
      </div>
    </div>
  );
}

/** The choice of the model, and how the chosen model describes itself. */
function ModelChoice() {
  const model = chosenModel.value;
  return (
    <div class="options-wide field">
      <label class="field-label" for="paint-model">
        {t("paint.model")}
      </label>
      <select
        id="paint-model"
        class="input input--small"
        aria-describedby="paint-model-statement"
        value={model?.name}
        onChange={({ currentTarget }) => chooseModel(currentTarget.value)}
      >
        {models.value.map(({ name }) => (
          <option key={name} value={name}>
            {modelName(name)}
          </option>
        ))}
      </select>
      <p id="paint-model-statement" class="field-hint">
        {model && modelStatement(model)}
      </p>
    </div>
  );
}

function digits(value: string): string {
  return value.replace(/\D/g, "");
}

interface SizeProps {
  size: string;
  isChosen: boolean;
  onChoose: () => void;
}

function Size({ size, isChosen, onChoose }: SizeProps) {
  const [width = 1, height = 1] = size.split("x").map(Number);
  const ratio = width / height;
  const name = ratio === 1 ? "square" : ratio > 1 ? "landscape" : "portrait";
  const shape = {
    width: `${Math.sqrt(SHAPE_AREA * ratio)}px`,
    height: `${Math.sqrt(SHAPE_AREA / ratio)}px`,
  };
  return (
    <label class="size">
      <input type="radio" name="size" checked={isChosen} onChange={onChoose} />
      <span class="size-shape" style={shape} />
      {t(`paint.size.${name}`)}
      <span class="size-pixels">{`${width} × ${height}`}</span>
    </label>
  );
}
