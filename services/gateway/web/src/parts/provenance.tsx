import type { Provenance as ProvenanceData } from "../api/types";
import { t } from "../i18n/translate";

/** How a picture was made, in one honest sentence, and what was drawn in place of what was asked. */
export function Provenance({ of }: { of: ProvenanceData }) {
  const statement = of.generative
    ? of.statement || t("provenance.generative")
    : t("provenance.composed");
  return (
    <div class="provenance">
      <p>{statement}</p>
      {of.substitutions.length > 0 && (
        <p>
          {t("provenance.substituted")}: {of.substitutions.join(", ")}
        </p>
      )}
    </div>
  );
}
