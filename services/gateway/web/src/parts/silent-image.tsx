import { useRef, useState } from "preact/hooks";
import { useAgain } from "./use-again";

interface Props {
  /** Another address needs another element: set it as the `key`, too. */
  url: string;
  class?: string;
  isLazy?: boolean;
  onAnimationEnd?: () => void;
}

/**
 * A picture that says nothing, since its words stand beside it. One that does not come leaves its
 * place empty, and is asked for again.
 */
export function SilentImage({ url, class: name = "", isLazy = false, onAnimationEnd }: Props) {
  const image = useRef<HTMLImageElement>(null);
  const [hasFailed, setFailed] = useState(false);
  const [attempt, setAttempt] = useState(0);
  useAgain({ hasFailed, attempt, url, place: image }, () => {
    setFailed(false);
    setAttempt(attempt + 1);
  });
  return (
    <img
      // A browser does not ask again for an element whose picture did not come.
      key={attempt}
      ref={image}
      class={hasFailed ? `${name} is-missing` : name}
      src={url}
      alt=""
      loading={isLazy ? "lazy" : "eager"}
      onError={() => setFailed(true)}
      {...(onAnimationEnd && { onAnimationEnd })}
    />
  );
}
