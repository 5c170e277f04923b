import { t } from "../i18n/translate";
import { Icon } from "./icon";
import { openStudio } from "./studio";

/** The way to the brush, from where there is no picture yet. */
export function PaintSomething() {
  return (
    <button type="button" class="button button--main" onClick={openStudio}>
      <Icon name="brush" size={20} />
      {t("paint.something")}
    </button>
  );
}
