import { t } from "../i18n/translate";
import { doorPath, place, profilePath } from "../router";
import { connection } from "../state/connection";
import { account } from "../state/session";
import { current, isForming } from "../state/studio";
import { ConnectionDot } from "./connection-dot";
import { Icon, type IconName } from "./icon";
import { Mark } from "./mark";
import { ProgressRing } from "./progress-ring";
import { openStudio } from "./studio";

interface Item {
  href: string;
  icon: IconName;
  text: string;
  isHere: boolean;
}

function items(): Item[] {
  const here = place.value;
  const me = account.value;
  const isMe = here.room === "profile" && here.handle === me?.handle;
  return [
    { href: "/", icon: "home", text: t("nav.home"), isHere: here.room === "home" },
    { href: "/explore", icon: "explore", text: t("nav.explore"), isHere: here.room === "explore" },
    ...(me
      ? ([
          { href: profilePath(me.handle), icon: "person", text: t("nav.profile"), isHere: isMe },
        ] as const)
      : []),
    {
      href: "/settings",
      icon: "settings",
      text: t("nav.settings"),
      isHere: here.room === "settings",
    },
  ];
}

/** Side rail of a desk. */
export function Rail({ onHelp }: { onHelp: () => void }) {
  return (
    <nav class="rail" aria-label={t("nav.main")}>
      <a class="rail-mark" href="/">
        <Mark />
        <span class="rail-mark-word">Kanvas</span>
      </a>
      {items().map(({ href, icon, text, isHere }) => (
        <a key={href} class="rail-link" href={href} aria-current={isHere ? "page" : undefined}>
          <Icon name={icon} filled={isHere && icon === "home"} />
          <span class="rail-link-text">{text}</span>
        </a>
      ))}
      {account.value === null && (
        <div class="rail-door">
          <a class="button button--main" href={doorPath("signup")}>
            {t("nav.signUp")}
          </a>
          <a class="button" href={doorPath("signin")}>
            {t("nav.signIn")}
          </a>
        </div>
      )}
      <div class="rail-foot">
        <ConnectionDot />
        <button
          type="button"
          class="icon-button"
          aria-label={t("nav.keyboard")}
          title={t("nav.keyboard")}
          onClick={onHelp}
        >
          <Icon name="keyboard" size={20} />
        </button>
      </div>
    </nav>
  );
}

/** Top bar of a phone. Beside the doors there is no room for more words. */
export function TopBar() {
  const isTold = account.value !== null && connection.value === "offline";
  return (
    <header class="top-bar">
      <a class="top-bar-mark" href="/" aria-label="Kanvas">
        <Mark size={26} />
        <span class="top-bar-word">Kanvas</span>
      </a>
      <div class="top-bar-end">
        {account.value === null && <Doors />}
        <ConnectionDot wordless={!isTold} />
      </div>
    </header>
  );
}

/** For visitors: to sign in and to sign up. */
function Doors() {
  const { room } = place.value;
  return (
    <>
      {room !== "signIn" && (
        <a class="link" href={doorPath("signin")}>
          {t("nav.signIn")}
        </a>
      )}
      {room !== "signUp" && (
        <a class="link" href={doorPath("signup")}>
          {t("nav.signUp")}
        </a>
      )}
    </>
  );
}

/** Tab bar of a phone, with the way to paint in its middle. */
export function TabBar() {
  const tabs = items().map(({ href, icon, text, isHere }) => (
    <a
      key={href}
      class="tab"
      href={href}
      aria-label={text}
      aria-current={isHere ? "page" : undefined}
    >
      <Icon name={icon} size={25} />
    </a>
  ));
  tabs.splice(2, 0, <PaintTab key="paint" />);
  return (
    <nav class="tab-bar" aria-label={t("nav.main")}>
      {tabs}
    </nav>
  );
}

function PaintTab() {
  const painting = current.value;
  const forming = painting !== undefined && isForming(painting);
  return (
    <button
      type="button"
      class="tab"
      aria-label={t(forming ? "nav.painting" : "nav.paint")}
      onClick={openStudio}
    >
      <span class="tab-paint">
        {forming ? (
          <ProgressRing step={painting.step} of={painting.of} />
        ) : (
          <Icon name="brush" size={24} />
        )}
      </span>
    </button>
  );
}
