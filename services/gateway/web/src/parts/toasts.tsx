import { t } from "../i18n/translate";
import { dismissToast, toasts } from "../state/toasts";
import { Icon } from "./icon";

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ id, text, tone, link }) => (
        <div key={id} class={`toast toast--${tone}`}>
          <span class="toast-text">{text}</span>
          {link && (
            <a href={link.href} onClick={() => dismissToast(id)}>
              {link.text}
            </a>
          )}
          <button
            type="button"
            class="icon-button"
            aria-label={t("action.close")}
            onClick={() => dismissToast(id)}
          >
            <Icon name="close" size={16} />
          </button>
        </div>
      ))}
    </div>
  );
}
