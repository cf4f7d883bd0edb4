// Light or dark, set before anything is drawn: the person's choice, else what the device prefers.
// A page that is drawn as a sample says itself which of the two it shows.
(() => {
  const root = document.documentElement;
  const device = matchMedia("(prefers-color-scheme: dark)");
  const show = () => {
    const chosen = root.dataset.drawnIn || localStorage.getItem("mode");
    const mode = chosen === "light" || chosen === "dark" ? chosen : "auto";
    root.dataset.mode = mode;
    root.dataset.bsTheme = mode === "auto" ? (device.matches ? "dark" : "light") : mode;
  };
  show();
  device.addEventListener("change", show);
  addEventListener("mode-chosen", show);
})();
