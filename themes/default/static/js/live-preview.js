// <live-preview>: its frame follows what is chosen in it and typed in its form, without a click.
customElements.define(
  "live-preview",
  class extends HTMLElement {
    connectedCallback() {
      const button = this.querySelector("button[formtarget]");
      const form = this.closest("form");
      let waiting;
      // A frame that is made anew leaves nothing behind in the browser's history.
      button.addEventListener("click", () => {
        const frame = this.querySelector("iframe");
        const fresh = frame.cloneNode();
        fresh.removeAttribute("src");
        frame.replaceWith(fresh);
      });
      this.addEventListener("change", () => button.click());
      form.addEventListener("input", (event) => {
        if (this.contains(event.target)) return;
        clearTimeout(waiting);
        waiting = setTimeout(() => button.click(), 800);
      });
      // What was typed and sent back, as with a slip, is in no frame yet.
      if ("typed" in this.dataset) button.click();
    }
  },
);
