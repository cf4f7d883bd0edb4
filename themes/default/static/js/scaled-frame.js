// <scaled-frame>: its frame is as wide as a real screen and is shown as small as there is room for.
customElements.define(
  "scaled-frame",
  class extends HTMLElement {
    connectedCallback() {
      const fit = () => {
        const frame = this.querySelector("iframe");
        if (!frame) return;
        const width = Number(this.dataset.width);
        const scale = Math.min(1, this.clientWidth / width);
        frame.style.width = `${width}px`;
        frame.style.height = `${this.clientHeight / scale}px`;
        frame.style.transform = `scale(${scale})`;
        frame.style.marginInlineStart = `${Math.max(0, (this.clientWidth - width * scale) / 2)}px`;
        this.changes?.takeRecords(); // of what was just set
      };
      this.watch = new ResizeObserver(fit);
      this.watch.observe(this);
      this.changes = new MutationObserver(fit);
      // A page that is swapped in takes the frame's style away, or brings another frame.
      this.changes.observe(this, {
        attributes: true,
        attributeFilter: ["data-width", "style"],
        childList: true,
        subtree: true,
      });
      fit();
    }
    disconnectedCallback() {
      this.watch.disconnect();
      this.changes.disconnect();
    }
  },
);
