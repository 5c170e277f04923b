"""Which browser looks at the page, and how it is started."""

import shutil

# Nothing that a browser does of its own accord: no first run, no updates, no sync.
BROWSER_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> str:
    """Return the machine's own Chromium.

    Raises:
        FileNotFoundError: There is none; says the line that installs it.
    """
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        raise FileNotFoundError("There is no chromium. Install it: apt-get install chromium")
    return found
