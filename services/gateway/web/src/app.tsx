import { useEffect, useState } from "preact/hooks";
import { t } from "./i18n/translate";
import { KeyboardHelp } from "./parts/keyboard-help";
import { Rail, TabBar, TopBar } from "./parts/navigation";
import { openStudio, Studio } from "./parts/studio";
import { Toasts } from "./parts/toasts";
import { useRoomChange } from "./parts/use-room-change";
import { Explore } from "./rooms/explore";
import { Home } from "./rooms/home";
import { Leaving } from "./rooms/leaving";
import { Missing } from "./rooms/missing";
import { Post } from "./rooms/post";
import { Profile } from "./rooms/profile";
import { Settings } from "./rooms/settings";
import { SignIn } from "./rooms/sign-in";
import { SignUp } from "./rooms/sign-up";
import { Tag } from "./rooms/tag";
import { navigate, type Place, place } from "./router";
import { startKeyboard } from "./state/keyboard";
import { isPhone } from "./state/screen";
import { account, deletion, signedIn } from "./state/session";

/** Rooms with a dock on a desk. On a phone one paints from everywhere, since the tab bar is. */
const DOCK_ROOMS: ReadonlySet<Place["room"]> = new Set([
  "home",
  "explore",
  "profile",
  "post",
  "tag",
]);

const hasStudio = () => isPhone.value || DOCK_ROOMS.has(place.value.room);

/** Goes to where one paints, out of the room where it has no dock. */
function paint(): void {
  if (hasStudio()) {
    openStudio();
  } else {
    navigate("/");
    requestAnimationFrame(openStudio); // once the dock is there
  }
}

/** The frame around the room one is in. */
export function App() {
  const [isHelping, setHelping] = useState(false);
  useEffect(() => startKeyboard({ paint, help: () => setHelping(true) }), []);
  const here = place.value;
  useRoomChange(here);
  const leaving = deletion.value;
  if (leaving) {
    return (
      <div>
        <main id="main" tabIndex={-1} data-room="leaving">
          <Leaving {...leaving} />
        </main>
        <Toasts />
      </div>
    );
  }
  return (
    <div class="shell">
      <a class="skip" href="#main">
        {t("nav.skip")}
      </a>
      {isPhone.value ? <TopBar /> : <Rail onHelp={() => setHelping(true)} />}
      <main id="main" tabIndex={-1} data-room={here.room}>
        {account.value !== undefined && <Room here={here} />}
      </main>
      {account.value !== undefined && hasStudio() && <Studio />}
      {isPhone.value && <TabBar />}
      <Toasts />
      {isHelping && <KeyboardHelp onClose={() => setHelping(false)} />}
    </div>
  );
}

function Room({ here }: { here: Place }) {
  // What a room shows depends on who looks: for somebody else it is another room.
  const who = account.value?.id;
  switch (here.room) {
    case "home":
      return <Home key={String(signedIn.value)} />;
    case "explore":
      return <Explore key={who} />;
    case "profile":
      return <Profile key={`${here.handle} ${who}`} handle={here.handle} list={here.list} />;
    case "post":
      return <Post key={`${here.id} ${who}`} id={here.id} />;
    case "tag":
      return <Tag key={`${here.name} ${who}`} name={here.name} />;
    case "signUp":
      return <SignUp />;
    case "signIn":
      return <SignIn />;
    case "settings":
      return <Settings />;
    case "missing":
      return <Missing />;
  }
}
