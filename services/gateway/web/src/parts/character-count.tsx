import { number, t } from "../i18n/translate";

const COUNT_FROM = 0.8;

/** How many characters a text has, once they come near the most that it may have. */
export function CharacterCount({ count, most }: { count: number; most: number }) {
  if (count < most * COUNT_FROM) return null;
  if (count <= most) {
    return <span class="field-count">{`${number(count)} / ${number(most)}`}</span>;
  }
  return (
    <span class="field-count field-error" role="status">
      {t("field.over", { n: count - most })}
    </span>
  );
}
