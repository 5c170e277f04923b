import { hasNoPicture, isForming, type Painting } from "../state/studio";
import { Icon } from "./icon";
import { ProgressRing } from "./progress-ring";
import { SilentImage } from "./silent-image";

/** What a small button shows of a painting: how far it has come, or that it ended without a picture. */
export function SmallPicture({ of: painting, isLazy = false }: { of: Painting; isLazy?: boolean }) {
  const isBare = hasNoPicture(painting);
  const url = isBare ? undefined : (painting.job?.picture?.url ?? painting.preview?.url);
  return (
    <>
      {url && <SilentImage key={url} url={url} isLazy={isLazy} />}
      {isBare && <Icon name="again" size={20} />}
      {isForming(painting) && <ProgressRing step={painting.step} of={painting.of} />}
    </>
  );
}
