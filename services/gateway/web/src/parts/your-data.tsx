import { t } from "../i18n/translate";
import { ExportPanel } from "./export-panel";

/** What is kept of somebody, and how they get it. */
export function YourData() {
  return (
    <section class="settings-part">
      <h2>{t("settings.data")}</h2>
      <ExportPanel />
    </section>
  );
}
