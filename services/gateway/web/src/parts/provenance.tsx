import { useEffect } from "preact/hooks";
import type { Provenance as ProvenanceData } from "../api/types";
import { loadDrawingNames } from "../i18n/drawing-name";
import { modelStatement } from "../i18n/model-name";
import { substitutionText } from "../i18n/substitution";
import { t } from "../i18n/translate";
import { language } from "../state/preferences";

/** How a picture was made, in one honest sentence, and what was drawn in place of what was asked. */
export function Provenance({ of }: { of: ProvenanceData }) {
  useEffect(() => void loadDrawingNames(), [language.value]);
  const statement = of.generative
    ? modelStatement({ name: of.model, statement: of.statement }) || t("provenance.generative")
    : t("provenance.composed");
  const sentences = of.substitutions.filter((told) => substitutionText(told) === undefined);
  const pairs = of.substitutions.flatMap((told) => substitutionText(told) ?? []);
  return (
    <div class="provenance">
      <p>{statement}</p>
      {sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      {pairs.length > 0 && (
        <p>
          {t("provenance.substituted")}: {pairs.join(", ")}
        </p>
      )}
    </div>
  );
}
