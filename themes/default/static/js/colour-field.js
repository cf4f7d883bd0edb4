// <colour-field>: a picker beside the written colour, and a button that leaves it to the brand.
customElements.define(
  "colour-field",
  class extends HTMLElement {
    connectedCallback() {
      const picker = this.querySelector("input[type=color]");
      const written = this.querySelector("input[type=text]");
      const auto = this.querySelector("button");
      const tell = () => written.dispatchEvent(new Event("change", { bubbles: true }));
      picker.addEventListener("change", (event) => {
        event.stopPropagation();
        written.value = picker.value;
        tell();
      });
      written.addEventListener("input", () => {
        if (/^#[0-9a-f]{6}$/i.test(written.value.trim())) picker.value = written.value.trim();
      });
      if (!auto) return;
      auto.addEventListener("click", () => {
        written.value = auto.getAttribute("aria-pressed") === "true" ? this.dataset.drawn : "";
        tell();
      });
    }
  },
);
