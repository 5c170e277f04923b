import type { TargetedSubmitEvent } from "preact";
import { useState } from "preact/hooks";
import { type FieldName, refusalOf } from "../i18n/problem-sentence";
import { navigate, safeNext } from "../router";
import { handedIn } from "../state/prompt";
import { paint } from "../state/studio";

export type SubmitEvent = TargetedSubmitEvent<HTMLFormElement>;

/** What signing up and signing in share: sending, what went wrong, and going on afterwards. */
export function useAccountForm<Name extends FieldName>(
  fields: readonly Name[],
  send: () => Promise<void>,
) {
  const [isSending, setSending] = useState(false);
  const [failure, setFailure] = useState<unknown>(undefined);
  const { errors, sentence } = refusalOf(failure, fields);
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
  return { errors, sentence, isSending, submit };
}
