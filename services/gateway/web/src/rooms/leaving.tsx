import { useState } from "preact/hooks";
import { problemSentence } from "../i18n/problem-sentence";
import { moment, t } from "../i18n/translate";
import { Notice } from "../parts/notice";
import { type Deletion, keepAccount, signOut } from "../state/session";

/** All that there is for whoever deletes their account: until when it can be kept. */
export function Leaving({ account: { handle }, eraseAt }: Deletion) {
  const [isSending, setSending] = useState(false);
  const [failure, setFailure] = useState<unknown>(undefined);
  const decide = async (decision: () => Promise<void>) => {
    setSending(true);
    setFailure(undefined);
    try {
      await decision();
    } catch (problem) {
      setFailure(problem);
      setSending(false);
    }
  };
  return (
    <div class="room room--narrow">
      <Notice
        title={t("leaving.title")}
        text={t("leaving.text", { handle, until: moment(eraseAt) })}
        isRoom
      >
        {failure !== undefined && (
          <p class="form-error" role="alert">
            {problemSentence(failure)}
          </p>
        )}
        <button
          type="button"
          class="button button--main"
          disabled={isSending}
          onClick={() => void decide(keepAccount)}
        >
          {t("leaving.keep")}
        </button>
        <button
          type="button"
          class="button"
          disabled={isSending}
          onClick={() => void decide(signOut)}
        >
          {t("settings.signOut")}
        </button>
      </Notice>
    </div>
  );
}
