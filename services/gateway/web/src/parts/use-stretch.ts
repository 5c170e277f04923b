import type { RefObject } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";

export interface Stretch {
  /** Width of the element in pixels; 0 before it was measured. */
  width: number;
  /** The stretch of the element that is on the screen or near it, in pixels from its top. */
  from: number;
  to: number;
}

/** Steps in which the stretch moves, so that scrolling does not draw on every frame. */
const STEP = 240;

/** Which stretch of an element is near the screen: the screen itself and as much on either side. */
export function useStretch(element: RefObject<HTMLElement | null>): Stretch {
  const [stretch, setStretch] = useState<Stretch>({ width: 0, from: 0, to: 0 });
  useLayoutEffect(() => {
    const measure = () => {
      if (!element.current) return;
      const { top, width } = element.current.getBoundingClientRect();
      const from = Math.floor((-top - innerHeight) / STEP) * STEP;
      const to = Math.ceil((-top + innerHeight * 2) / STEP) * STEP;
      setStretch((before) =>
        before.width === width && before.from === from && before.to === to
          ? before
          : { width, from, to },
      );
    };
    measure();
    const observer = new ResizeObserver(measure);
    if (element.current) observer.observe(element.current);
    addEventListener("scroll", measure, { passive: true });
    addEventListener("resize", measure);
    return () => {
      observer.disconnect();
      removeEventListener("scroll", measure);
      removeEventListener("resize", measure);
    };
  }, []);
  return stretch;
}
