// <variable-chips target="…">: each [name] of its list becomes a button that inserts it where the
// cursor was, in the field of that id or in another field of the same form that was used last.
customElements.define(
  "variable-chips",
  class extends HTMLElement {
    connectedCallback() {
      const form = this.closest("form");
      let field = document.getElementById(this.getAttribute("target"));
      form.addEventListener("focusin", (event) => {
        if (event.target.matches("textarea, input:not([type]), input[type=text]")) field = event.target;
      });
      for (const code of this.querySelectorAll("code")) {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "btn btn-sm variable";
        button.textContent = code.textContent;
        button.addEventListener("click", () => this.insert(field, button.textContent));
        code.replaceWith(button);
      }
    }

    insert(field, text) {
      const editor = field.closest("rich-editor");
      if (editor?.insert(text)) return;
      field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.focus();
    }
  },
);
