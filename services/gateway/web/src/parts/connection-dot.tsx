import { t } from "../i18n/translate";
import { connection } from "../state/connection";

/** Says whether what one sees is live. */
export function ConnectionDot({ wordless = false }: { wordless?: boolean }) {
  const status = connection.value;
  const text = t(`connection.${status}`);
  return (
    <span class={`connection connection--${status}`} role="status" title={text}>
      <span class="connection-dot" />
      <span class={wordless ? "hidden" : "connection-text"}>{text}</span>
    </span>
  );
}
