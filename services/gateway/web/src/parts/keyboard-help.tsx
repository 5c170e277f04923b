import type { MessageKey } from "../i18n/catalogue";
import { t } from "../i18n/translate";
import { Dialog } from "./dialog";

const KEYS: readonly [string, MessageKey][] = [
  ["n", "keys.paint"],
  ["j", "keys.next"],
  ["k", "keys.previous"],
  ["l", "keys.like"],
  ["Enter", "keys.open"],
  [".", "keys.new"],
  ["?", "keys.help"],
  ["Esc", "keys.close"],
];

export function KeyboardHelp({ onClose }: { onClose: () => void }) {
  return (
    <Dialog label={t("keys.title")} onClose={onClose}>
      <div class="dialog-body">
        <h2>{t("keys.title")}</h2>
        <dl class="keys">
          {KEYS.map(([key, text]) => (
            <>
              <dt>
                <kbd class="key">{key}</kbd>
              </dt>
              <dd>{t(text)}</dd>
            </>
          ))}
        </dl>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            {t("action.close")}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
