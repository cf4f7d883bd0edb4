// <sends-itself>: the form goes out as soon as its file is chosen.
customElements.define(
  "sends-itself",
  class extends HTMLElement {
    connectedCallback() {
      const file = this.querySelector("input");
      file.addEventListener("change", () => file.files.length && file.form.requestSubmit());
    }
  },
);
