/** Our mark: a K, one bar and two strokes of a brush. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="#c8321a" />
      <path
        fill="#fff"
        d="M8 7h4.6v18H8zM13.9 16c2.3-2.5 4.1-5.4 5.2-9h5.3c-1.1 3.5-2.7 6.5-4.9 9 2.2 2.5 3.8 5.5 4.9 9h-5.3c-1.1-3.6-2.9-6.5-5.2-9z"
      />
    </svg>
  );
}
