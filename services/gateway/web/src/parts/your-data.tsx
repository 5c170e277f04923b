import type { Account } from "../api/types";
import { t } from "../i18n/translate";
import { DeleteAccount } from "./delete-account";
import { ExportPanel } from "./export-panel";

/** What is kept of somebody, how they get it, and how it goes. */
export function YourData({ me }: { me: Account }) {
  return (
    <section class="settings-part">
      <h2>{t("settings.data")}</h2>
      <ExportPanel />
      <DeleteAccount handle={me.handle} />
    </section>
  );
}
