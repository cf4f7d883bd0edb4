// <submit-itself>: its form is sent as soon as it is shown; without scripts its button does it.
customElements.define(
  "submit-itself",
  class extends HTMLElement {
    connectedCallback() {
      this.querySelector("form").submit();
    }
  },
);
