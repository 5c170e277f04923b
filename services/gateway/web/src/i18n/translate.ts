import { language } from "../state/preferences";
import { isolated } from "../text/isolated";
import { catalogue, type MessageKey, type Text } from "./catalogue";

type Values = Record<string, string | number>;

/** A sentence of the catalogue in the reader's language. Components that use it follow a switch. */
export function t(key: MessageKey, values: Values = {}): string {
  const text: Text = catalogue[key][language.value];
  const chosen = typeof text === "string" ? text : text[form(values.n)];
  return chosen.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (typeof value === "number") return number(value);
    return value === undefined ? whole : isolated(value);
  });
}

function form(n: string | number | undefined): "one" | "other" {
  const plural = new Intl.PluralRules(language.value).select(Number(n ?? 0));
  return plural === "one" ? "one" : "other";
}

export function number(value: number, options?: Intl.NumberFormatOptions): string {
  return new Intl.NumberFormat(language.value, options).format(value);
}

/** Seconds with their unit, such as `1.8 sec`. */
export function seconds(value: number): string {
  return number(value, {
    style: "unit",
    unit: "second",
    unitDisplay: "short",
    maximumFractionDigits: 1,
  });
}

const SIZES = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
const PER_SIZE = 1000;

/** The length of a file, such as `2.4 MB`. */
export function bytes(value: number): string {
  let [amount, size] = [value, 0];
  while (amount >= PER_SIZE && size < SIZES.length - 1) {
    amount /= PER_SIZE;
    size += 1;
  }
  return number(amount, {
    style: "unit",
    unit: SIZES[size],
    unitDisplay: "short",
    maximumFractionDigits: 1,
  });
}

const SPANS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["second", 60],
  ["minute", 60],
  ["hour", 24],
  ["day", 7],
];

/** How long ago, in few words; a date from a week on. */
export function ago(iso: string, now: number): string {
  const then = Date.parse(iso);
  // A clock that is a little behind the server's must not say "in 2 seconds".
  let amount = Math.max(0, (now - then) / 1000);
  const relative = new Intl.RelativeTimeFormat(language.value, {
    numeric: "auto",
    style: "narrow",
  });
  for (const [unit, size] of SPANS) {
    if (amount < size) return relative.format(-Math.floor(amount), unit);
    amount /= size;
  }
  return day(iso);
}

export function day(iso: string): string {
  return new Intl.DateTimeFormat(language.value, { dateStyle: "medium" }).format(new Date(iso));
}

export function moment(iso: string): string {
  return new Intl.DateTimeFormat(language.value, { dateStyle: "full", timeStyle: "short" }).format(
    new Date(iso),
  );
}

export function month(iso: string): string {
  return new Intl.DateTimeFormat(language.value, { month: "long", year: "numeric" }).format(
    new Date(iso),
  );
}
