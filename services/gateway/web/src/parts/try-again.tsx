import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n/translate";
import { wayOn } from "../state/toasts";

interface Props {
  /** Why it could not be loaded. */
  failure: unknown;
  load: () => Promise<void>;
}

/**
 * What somebody presses where something could not be loaded; where signing in helps, the way there.
 * A network that comes back presses it, too.
 */
export function TryAgain({ failure, load }: Props) {
  const way = wayOn(failure);
  const again = useRef(load);
  again.current = load;
  useEffect(() => {
    const tryAgain = () => void again.current();
    addEventListener("online", tryAgain);
    return () => removeEventListener("online", tryAgain);
  }, []);
  if (way) {
    return (
      <a class="button button--main" href={way.href}>
        {way.text}
      </a>
    );
  }
  return (
    <button type="button" class="button" onClick={() => void load()}>
      {t("action.retry")}
    </button>
  );
}
