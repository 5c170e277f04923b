import type { TargetedSubmitEvent } from "preact";
import { useState } from "preact/hooks";
import { fieldSentences, problemSentence } from "../i18n/problem-sentence";
import { navigate, safeNext } from "../router";
import { handedIn } from "../state/prompt";
import { paint } from "../state/studio";

export type SubmitEvent = TargetedSubmitEvent<HTMLFormElement>;

/** What signing up and signing in share: sending, what went wrong, and going on afterwards. */
export function useAccountForm(send: () => Promise<void>) {
  const [isSending, setSending] = useState(false);
  const [failure, setFailure] = useState<unknown>(undefined);
  const errors = fieldSentences(failure);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setSending(true);
    setFailure(undefined);
    try {
      await send();
      navigate(safeNext(new URLSearchParams(location.search).get("next")), { replace: true });
      if (handedIn.value) void paint();
    } catch (problem) {
      setFailure(problem);
      setSending(false);
    }
  };
  const hasFields = Object.keys(errors).length > 0;
  const sentence = failure === undefined || hasFields ? undefined : problemSentence(failure);
  return { errors, sentence, isSending, submit };
}
