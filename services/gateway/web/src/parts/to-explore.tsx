import { t } from "../i18n/translate";

/** The way to what everybody paints, from where there is nothing to see. */
export function ToExplore() {
  return (
    <a class="button" href="/explore">
      {t("home.empty.explore")}
    </a>
  );
}
