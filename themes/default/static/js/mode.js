// Light or dark, set before anything is drawn: the person's choice, else what the device prefers.
(() => {
  const root = document.documentElement;
  const device = matchMedia("(prefers-color-scheme: dark)");
  const show = () => {
    const chosen = localStorage.getItem("mode");
    const mode = chosen === "light" || chosen === "dark" ? chosen : "auto";
    root.dataset.mode = mode;
    root.dataset.bsTheme = mode === "auto" ? (device.matches ? "dark" : "light") : mode;
  };
  show();
  device.addEventListener("change", show);
  addEventListener("mode-chosen", show);
})();
