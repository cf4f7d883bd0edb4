// <mode-switch>: one button that goes from the device's choice to light, dark and back.
customElements.define(
  "mode-switch",
  class extends HTMLElement {
    connectedCallback() {
      const modes = ["auto", "light", "dark"];
      const button = this.querySelector("button");
      const name = () => {
        const label = this.dataset[document.documentElement.dataset.mode];
        button.setAttribute("aria-label", label);
        button.title = label;
      };
      button.addEventListener("click", () => {
        const now = modes.indexOf(document.documentElement.dataset.mode);
        localStorage.setItem("mode", modes[(now + 1) % modes.length]);
        dispatchEvent(new Event("mode-chosen"));
        name();
      });
      name();
      this.hidden = false;
    }
  },
);
