import { t } from "../i18n/translate";
import { Dialog } from "./dialog";

interface Props {
  title: string;
  text: string;
  action: string;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something that cannot be taken back. */
export function Confirm({ title, text, action, onConfirm, onClose }: Props) {
  return (
    <Dialog label={title} onClose={onClose}>
      <div class="dialog-body">
        <h2>{title}</h2>
        <p class="soft">{text}</p>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            {t("action.cancel")}
          </button>
          <button
            type="button"
            class="button button--main"
            onClick={() => {
              onClose();
              onConfirm();
            }}
          >
            {action}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
