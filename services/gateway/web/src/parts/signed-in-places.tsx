import { useEffect, useState } from "preact/hooks";
import * as kanvas from "../api/kanvas";
import { serverNow } from "../api/server-clock";
import type { Session } from "../api/types";
import { problemSentence } from "../i18n/problem-sentence";
import { ago, day, t } from "../i18n/translate";
import { toast, toastFailure } from "../state/toasts";
import { TryAgain } from "./try-again";

/** Where somebody is signed in, and the way out of there. */
export function SignedInPlaces() {
  const [places, setPlaces] = useState<readonly Session[] | undefined>(undefined);
  const [failure, setFailure] = useState<unknown>(undefined);
  const [isEnding, setEnding] = useState(false);
  const load = async () => {
    setFailure(undefined);
    try {
      setPlaces(await kanvas.sessions());
    } catch (problem) {
      setFailure(problem);
    }
  };
  useEffect(() => void load(), []);
  const end = async (
    ending: Promise<unknown>,
    done: string,
    stays: (place: Session) => boolean,
  ) => {
    setEnding(true);
    try {
      await ending;
      setPlaces((before) => before?.filter(stays));
      toast(done);
    } catch (problem) {
      toastFailure(problem);
    }
    setEnding(false);
  };
  if (failure !== undefined) {
    return (
      <div class="form">
        <p class="form-error" role="alert">
          {problemSentence(failure)}
        </p>
        <div>
          <TryAgain failure={failure} load={load} />
        </div>
      </div>
    );
  }
  if (!places) {
    return (
      <p class="soft" role="status">
        {t("settings.places.loading")}
      </p>
    );
  }
  const endOne = ({ id }: Session) =>
    end(kanvas.endSession(id), t("settings.places.ended"), (place) => place.id !== id);
  const endOthers = () =>
    end(kanvas.endOtherSessions(), t("settings.places.endedOthers"), (place) => place.current);
  return (
    <>
      <ul class="places" aria-label={t("settings.places")}>
        {hereFirst(places).map((place) => (
          <li key={place.id} class="place">
            <span>
              <strong>{deviceName(place)}</strong>
              <span class="soft">
                {place.current
                  ? t("settings.places.here")
                  : t("settings.places.used", { when: ago(place.used_at, serverNow()) })}
                {" · "}
                {t("settings.places.since", { day: day(place.made_at) })}
              </span>
            </span>
            {!place.current && (
              <button
                type="button"
                class="button"
                disabled={isEnding}
                aria-label={t("settings.places.end.label", { device: deviceName(place) })}
                onClick={() => void endOne(place)}
              >
                {t("settings.places.end")}
              </button>
            )}
          </li>
        ))}
      </ul>
      {places.some((place) => !place.current) && (
        <div>
          <button type="button" class="button" disabled={isEnding} onClick={() => void endOthers()}>
            {t("settings.places.endOthers")}
          </button>
        </div>
      )}
    </>
  );
}

function hereFirst(places: readonly Session[]): Session[] {
  return [...places].sort((one, other) => Number(other.current) - Number(one.current));
}

function deviceName({ app, system }: Session): string {
  if (app && system) return t("settings.places.appOn", { app, system });
  return app || system || t("settings.places.unknown");
}
