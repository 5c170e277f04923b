const PATHS = {
  home: "M4 11.2 12 4l8 7.2V20h-5.5v-5.5h-5V20H4z",
  explore: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM15.6 8.4l-2.1 5.1-5.1 2.1 2.1-5.1z",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c.6-4 3.6-6 7.5-6s6.9 2 7.5 6",
  settings: "M12 3.2 19.6 7.6v8.8L12 20.8l-7.6-4.4V7.6zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
  brush:
    "M4 20c3.5 0 5.5-1 5.5-3.2a2.6 2.6 0 0 0-2.6-2.6C4.6 14.2 5.5 17.5 4 20zM9 14.2 18 4.8a1.5 1.5 0 0 1 2.2 2.1L11.2 16.3",
  options: "M4 8h10M18 8h2M4 16h2M10 16h10M16 5.8v4.4M8 13.8v4.4",
  heart:
    "M12 20s-7.5-4.6-7.5-10.2A4.2 4.2 0 0 1 12 7.3a4.2 4.2 0 0 1 7.5 2.5C19.5 15.4 12 20 12 20z",
  close: "m6.5 6.5 11 11M17.5 6.5l-11 11",
  back: "M11 5.5 4.5 12l6.5 6.5M5 12h14.5",
  up: "M12 19V5.5M6 11l6-6 6 6",
  again: "M19.5 12a7.5 7.5 0 1 1-2.3-5.4L19.5 9M19.5 4.5V9H15",
  edit: "M4.5 19.5h4L19 9l-4-4L4.5 15.5z",
  lock: "M6.5 11h11v8.5h-11zM8.8 11V8a3.2 3.2 0 0 1 6.4 0v3",
  minimize: "M5 9.5 12 16l7-6.5",
  keyboard: "M3.5 6.5h17v11h-17zM7 10h.01M10.3 10h.01M13.7 10h.01M17 10h.01M8 14h8",
  trash: "M5 7h14M9.5 7V4.5h5V7M7 7l.8 12.5h8.4L17 7M10.3 10.5v5.5M13.7 10.5v5.5",
  dice: "M5 5h14v14H5zM9 9h.01M15 15h.01M12 12h.01M15 9h.01M9 15h.01",
} as const;

export type IconName = keyof typeof PATHS;

interface Props {
  name: IconName;
  /** Width and height in pixels. */
  size?: number;
  filled?: boolean;
}

/** A line drawing beside a word, or in a button that carries its own label. */
export function Icon({ name, size = 22, filled }: Props) {
  return (
    <svg
      class="icon"
      viewBox="0 0 24 24"
      width={size}
      height={size}
      aria-hidden="true"
      fill={filled ? "currentColor" : "none"}
      stroke="currentColor"
      stroke-width="1.7"
      stroke-linecap="round"
      stroke-linejoin="round"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
