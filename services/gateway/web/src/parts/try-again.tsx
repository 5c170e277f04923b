import { t } from "../i18n/translate";

/** What somebody presses where something could not be loaded. */
export function TryAgain({ load }: { load: () => Promise<void> }) {
  return (
    <button type="button" class="button" onClick={() => void load()}>
      {t("action.retry")}
    </button>
  );
}
