import { useEffect, useState } from "preact/hooks";
import { Problem } from "../api/failure";
import * as kanvas from "../api/kanvas";
import type { Export } from "../api/types";
import { problemSentence } from "../i18n/problem-sentence";
import { bytes, moment, t } from "../i18n/translate";
import { toastFailure } from "../state/toasts";
import { TryAgain } from "./try-again";

const LOOK_MS = 2000;

/** An archive of what belongs to somebody: asking for it, how far it is, and downloading it. */
export function ExportPanel() {
  // undefined: not known yet; null: none was ever asked for.
  const [found, setFound] = useState<Export | null | undefined>(undefined);
  const [failure, setFailure] = useState<unknown>(undefined);
  const [looks, setLooks] = useState(0);
  const [isAsking, setAsking] = useState(false);
  const load = async () => {
    setFailure(undefined);
    try {
      setFound(await kanvas.exportAskedFor());
    } catch (problem) {
      if (isNone(problem)) setFound(null);
      else setFailure(problem);
    }
    setLooks((before) => before + 1);
  };
  useEffect(() => void load(), []);
  const isUnderway = found?.state === "waiting" || found?.state === "making";
  useEffect(() => {
    if (!isUnderway) return;
    const timer = setTimeout(() => void load(), LOOK_MS);
    return () => clearTimeout(timer);
  }, [isUnderway, looks]);
  const ask = async () => {
    setAsking(true);
    try {
      setFound(await kanvas.askForExport());
    } catch (problem) {
      toastFailure(problem);
    }
    setAsking(false);
  };
  return (
    <div class="form">
      <p class="soft">{t("settings.export.about")}</p>
      {failure !== undefined && !found ? (
        <>
          <p class="form-error" role="alert">
            {problemSentence(failure)}
          </p>
          <div>
            <TryAgain failure={failure} load={load} />
          </div>
        </>
      ) : (
        <>
          <p role="status">{found === undefined ? t("settings.export.loading") : stateOf(found)}</p>
          {found?.archive && (
            <div>
              <a class="button button--main" href={found.archive.url} download>
                {t("settings.export.download", { size: bytes(found.archive.size_bytes) })}
              </a>
            </div>
          )}
          {found !== undefined && !isUnderway && (
            <div>
              <button type="button" class="button" disabled={isAsking} onClick={() => void ask()}>
                {t(found?.archive ? "settings.export.anew" : "settings.export.ask")}
              </button>
            </div>
          )}
        </>
      )}
    </div>
  );
}

function isNone(failure: unknown): boolean {
  return failure instanceof Problem && failure.reason === "EXPORT_UNKNOWN";
}

/** How an export stands, in a sentence; nothing where there is none to tell of. */
function stateOf(found: Export | null): string {
  switch (found?.state) {
    case "waiting":
      return t("settings.export.waiting");
    case "making":
      return t("settings.export.making", { n: found.progress?.posts ?? 0 });
    case "ready":
      return t("settings.export.ready", { until: moment(found.kept_until ?? found.asked_at) });
    case "gone":
      return t("settings.export.gone");
    case "failed":
      return t("settings.export.failed");
    default:
      return "";
  }
}
