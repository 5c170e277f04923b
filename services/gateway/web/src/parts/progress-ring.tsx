const RADIUS = 15.5;
const AROUND = 2 * Math.PI * RADIUS;

/** A thin ring that closes with the steps; it turns while the number of steps is not known. */
export function ProgressRing({ step, of }: { step: number; of: number }) {
  const isKnown = of > 0;
  const part = isKnown ? Math.min(1, step / of) : 0.2;
  return (
    <svg
      class={isKnown && step > 0 ? "ring" : "ring ring--waiting"}
      viewBox="0 0 36 36"
      aria-hidden="true"
    >
      <circle class="ring-track" cx="18" cy="18" r={RADIUS} />
      <circle
        class="ring-arc"
        cx="18"
        cy="18"
        r={RADIUS}
        stroke-dasharray={AROUND}
        stroke-dashoffset={AROUND * (1 - Math.max(part, 0.03))}
      />
    </svg>
  );
}
