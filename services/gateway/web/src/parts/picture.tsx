import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Picture as PictureData } from "../api/types";

interface Props {
  picture: PictureData;
  alt: string;
  /** Loaded at once instead of when it comes near the screen. */
  eager?: boolean;
}

/** A picture in a box that has its shape and colour before the first byte arrives. */
export function Picture({ picture, alt, eager = false }: Props) {
  const image = useRef<HTMLImageElement>(null);
  const [isLoaded, setLoaded] = useState(false);
  // From the cache it may be complete before the listener is there: then it appears without a fade.
  useLayoutEffect(() => {
    if (image.current?.complete && image.current.naturalWidth > 0) setLoaded(true);
  }, []);
  const { url, width, height, placeholder } = picture;
  return (
    <div
      class="picture"
      style={{ aspectRatio: `${width} / ${height}`, backgroundColor: placeholder }}
    >
      <img
        ref={image}
        class={isLoaded ? "is-loaded" : ""}
        src={url}
        alt={alt}
        width={width}
        height={height}
        loading={eager ? "eager" : "lazy"}
        decoding="async"
        onLoad={() => setLoaded(true)}
      />
    </div>
  );
}
