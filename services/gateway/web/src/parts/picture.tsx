import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Picture as PictureData } from "../api/types";
import { useAgain } from "./use-again";
import { Words } from "./words";

interface Props {
  picture: PictureData;
  alt: string;
  /** Loaded at once instead of when it comes near the screen. */
  eager?: boolean;
}

/**
 * A picture in a box that has its shape and colour before the first byte arrives. One that does not
 * come shows its description, and is asked for again.
 */
export function Picture({ picture, alt, eager = false }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const image = useRef<HTMLImageElement>(null);
  const [isLoaded, setLoaded] = useState(false);
  const [hasFailed, setFailed] = useState(false);
  const [attempt, setAttempt] = useState(0);
  // From the cache it may be complete before the listener is there: then it appears without a fade.
  useLayoutEffect(() => {
    if (image.current?.complete && image.current.naturalWidth > 0) setLoaded(true);
  }, []);
  const { url, width, height, placeholder } = picture;
  useAgain({ hasFailed, attempt, url, place: box }, () => {
    setFailed(false);
    setAttempt(attempt + 1);
  });
  return (
    <div
      ref={box}
      class="picture"
      style={{ aspectRatio: `${width} / ${height}`, backgroundColor: placeholder }}
    >
      {(hasFailed || attempt > 0) && !isLoaded && (
        <Words class="picture-alt" isSilent>
          {alt}
        </Words>
      )}
      <img
        // A browser does not ask again for an element whose picture did not come.
        key={attempt}
        ref={image}
        class={isLoaded ? "is-loaded" : ""}
        src={url}
        alt={alt}
        width={width}
        height={height}
        loading={eager ? "eager" : "lazy"}
        decoding="async"
        onLoad={() => setLoaded(true)}
        onError={() => setFailed(true)}
      />
    </div>
  );
}
