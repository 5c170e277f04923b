import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n/translate";
import { models } from "../state/prompt";
import { isForming, type Painting } from "../state/studio";
import { ProgressRing } from "./progress-ring";

interface Layer {
  key: string;
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
      {layers.map(({ key, url }) => (
        <img
          key={key}
          class={isFinal(key) ? "easel-layer easel-layer--final" : "easel-layer"}
          src={url}
          alt=""
          onAnimationEnd={() => settle(key)}
        />
      ))}
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

/** What lies on the canvas, and how to say that a layer covers those beneath it. */
function useLayers({ id, job, preview }: Painting): [Layer[], (key: string) => void] {
  const [layers, setLayers] = useState<Layer[]>([]);
  const final = job?.picture?.url;
  const key = final ? `${id}-final` : preview ? `${id}-${preview.step}` : "";
  const url = final ?? preview?.url;
  useEffect(() => {
    if (!url) {
      setLayers([]);
      return;
    }
    let isCurrent = true;
    // Shown once it can be drawn at once, or the fade would begin with a hole.
    const show = () => {
      if (isCurrent) setLayers((before) => withLayer(before, id, { key, url }));
    };
    const image = new Image();
    image.src = url;
    image.decode().then(show, show);
    return () => {
      isCurrent = false;
    };
  }, [key]);
  const settle = (covering: string) =>
    setLayers((before) => {
      const index = before.findIndex((layer) => layer.key === covering);
      return before.slice(Math.max(0, index));
    });
  return [layers, settle];
}

function isFinal(key: string): boolean {
  return key.endsWith("-final");
}

function withLayer(before: Layer[], id: string, layer: Layer): Layer[] {
  const own = before.filter(({ key }) => key.startsWith(id) && key !== layer.key);
  return !isFinal(layer.key) && own.length >= MOST_FADING ? own : [...own, layer];
}
