// <copy-text>: its button copies what stands in its <code>, and says so.
customElements.define(
  "copy-text",
  class extends HTMLElement {
    connectedCallback() {
      const button = this.querySelector("button");
      if (!button || !navigator.clipboard) return;
      const word = button.querySelector("span");
      const before = word.textContent;
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(this.querySelector("code").textContent);
        word.textContent = button.dataset.done;
        setTimeout(() => (word.textContent = before), 2000);
      });
      word.setAttribute("aria-live", "polite");
      button.hidden = false;
    }
  },
);
