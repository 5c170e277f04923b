import { t } from "../i18n/translate";
import { Notice } from "../parts/notice";

/** An address that names nothing here. */
export function Missing() {
  return (
    <div class="room">
      <Notice title={t("missing.title")} text={t("missing.text")} isRoom>
        <a class="button" href="/">
          {t("missing.home")}
        </a>
      </Notice>
    </div>
  );
}
