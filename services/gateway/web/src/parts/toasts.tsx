import { t } from "../i18n/translate";
import { topDialog } from "../state/dialogs";
import { dismissToast, toasts } from "../state/toasts";
import { Icon } from "./icon";

interface Props {
  /** The dialog that they are part of; absent for those of the page. */
  within?: symbol;
}

/** What the page has to tell, where it can be seen and pressed: in the dialog that lies on top. */
export function Toasts({ within }: Props) {
  if (topDialog.value !== within) return null;
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
