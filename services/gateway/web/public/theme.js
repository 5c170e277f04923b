// Runs before the first paint, so that a chosen theme or language never flashes the other one.
// Everything else about preferences lives in src/state/preferences.ts.
(() => {
  try {
    const theme = localStorage.getItem("kanvas.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
    const language = localStorage.getItem("kanvas.language");
    if (language === "en" || language === "id") document.documentElement.lang = language;
  } catch {
    // Storage is refused (private window): the system's theme is right then.
  }
})();
