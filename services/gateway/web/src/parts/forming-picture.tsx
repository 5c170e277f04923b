import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../i18n/translate";
import { models } from "../state/prompt";
import { hasNoPicture, isForming, type Painting } from "../state/studio";
import { Icon } from "./icon";
import { ProgressRing } from "./progress-ring";
import { SilentImage } from "./silent-image";

interface Layer {
  /** The id of the painting. */
  of: string;
  /** The place in the order in which images came. */
  order: number;
  isFinal: boolean;
  url: string;
}

/** Previews that fade in at once, one over the other; a fast painter's others are passed over. */
const MOST_FADING = 3;

/** The canvas on the easel: previews cross-fade into the picture, a ring counts the steps. */
export function FormingPicture({ painting }: { painting: Painting }) {
  const { job, request, preview, step, of } = painting;
  const [layers, settle] = useLayers(painting);
  const [defaultWidth = 1, defaultHeight = 1] = defaultSize();
  const width = job?.width ?? request.width ?? defaultWidth;
  const height = job?.height ?? request.height ?? defaultHeight;
  const forming = isForming(painting);
  const style = {
    aspectRatio: `${width} / ${height}`,
    maxWidth: `calc(min(52vh, 400px) * ${width / height})`,
    ...(job?.picture && { backgroundColor: job.picture.placeholder }),
  };
  return (
    <div class="easel-picture" style={style}>
      {layers.map((layer) => (
        <SilentImage
          key={layer.order}
          class={layer.isFinal ? "easel-layer easel-layer--final" : "easel-layer"}
          url={layer.url}
          onAnimationEnd={() => settle(layer)}
        />
      ))}
      {hasNoPicture(painting) && !preview && (
        <div class="easel-wait">
          <Icon name="again" size={32} />
        </div>
      )}
      {forming && !preview && (
        <div class="easel-wait" aria-hidden="true">
          <ProgressRing step={0} of={0} />
        </div>
      )}
      {forming && preview && (
        <div
          class="easel-ring"
          role="progressbar"
          aria-label={t("paint.steps")}
          aria-valuemin={0}
          aria-valuemax={of}
          aria-valuenow={step}
        >
          <ProgressRing step={step} of={of} />
        </div>
      )}
    </div>
  );
}

/** What the first model paints when nothing else is asked for. */
function defaultSize(): number[] {
  return models.value[0]?.sizes[0]?.split("x").map(Number) ?? [];
}

/**
 * What lies on the canvas, and how to say that a layer covers those beneath it. A preview is shown
 * although the next one has come meanwhile: where images are decoded more slowly than they come, a
 * picture would not be seen to form otherwise.
 */
function useLayers({ id, job, preview }: Painting): [readonly Layer[], (covering: Layer) => void] {
  const [layers, setLayers] = useState<readonly Layer[]>([]);
  const arrived = useRef(0);
  const present = useRef(id);
  present.current = id;
  const final = job?.picture?.url;
  const url = final ?? preview?.url;
  useEffect(() => {
    if (!url) {
      setLayers([]);
      return;
    }
    arrived.current += 1;
    const layer = { of: id, order: arrived.current, isFinal: !!final, url };
    // Shown once it can be drawn at once, or the fade would begin with a hole.
    const show = () => {
      if (present.current === id) setLayers((before) => withLayer(before, layer));
    };
    const image = new Image();
    image.src = url;
    image.decode().then(show, show);
  }, [id, url]);
  const settle = (covering: Layer) =>
    setLayers((before) => before.slice(Math.max(0, before.indexOf(covering))));
  return [layers, settle];
}

/** A layer lies on top; one that comes late, behind a later one of its picture, is left out. */
function withLayer(before: readonly Layer[], layer: Layer): readonly Layer[] {
  const own = before.filter((other) => other.of === layer.of);
  const isLate = own.some(({ order }) => order > layer.order);
  if (isLate || (!layer.isFinal && own.length >= MOST_FADING)) return own;
  return [...own, layer];
}
