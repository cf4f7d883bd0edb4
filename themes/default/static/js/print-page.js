// <print-page>: shows its button only where a script can print.
customElements.define(
  "print-page",
  class extends HTMLElement {
    connectedCallback() {
      this.querySelector("button").addEventListener("click", () => print());
      this.hidden = false;
    }
  },
);
