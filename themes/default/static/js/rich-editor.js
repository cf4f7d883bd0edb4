// <rich-editor>: its textarea becomes an editor. Which scripts and stylesheets that takes, its data
// attributes say; they are loaded when somebody is about to write, one after another, as files.
const FONTS =
  "Plain=system-ui,sans-serif;Serif=ui-serif,serif;Rounded=ui-rounded,sans-serif;" +
  "Typewriter=ui-monospace,monospace";
// What stands in a kept text: shown as the button of the fonts knows it.
const SHOWN_AS = { "sans-serif": "system-ui", serif: "ui-serif", monospace: "ui-monospace" };

function load(url) {
  return new Promise((done, failed) => {
    const script = Object.assign(document.createElement("script"), { src: url });
    script.addEventListener("load", done);
    script.addEventListener("error", failed);
    document.head.append(script);
  });
}

customElements.define(
  "rich-editor",
  class extends HTMLElement {
    connectedCallback() {
      this.field = this.querySelector("textarea");
      const begin = () => (this.begun ??= this.start());
      this.addEventListener("pointerenter", begin, { once: true });
      this.addEventListener("focusin", begin, { once: true });
    }

    async start() {
      const typing = document.activeElement === this.field;
      for (const url of this.dataset.scripts.split(" ")) await load(url);
      const dark = document.documentElement.dataset.bsTheme === "dark";
      const skin = Object.assign(document.createElement("link"), { rel: "stylesheet" });
      skin.href = dark ? this.dataset.skinDark : this.dataset.skin;
      document.head.append(skin);
      const words = { ...JSON.parse(this.dataset.words), "Rich Text Area": this.dataset.label };
      hugerte.addI18n("portal", words);
      await hugerte.init({
        target: this.field,
        language: "portal",
        skin: false,
        content_css: this.dataset.contentCss.split(" "),
        content_style: "",
        menubar: false,
        branding: false,
        promotion: false,
        statusbar: false,
        height: 420,
        plugins: "lists link autolink image",
        toolbar:
          "undo redo | blocks fontfamily fontsize | bold italic underline | forecolor backcolor |" +
          " alignleft aligncenter alignright | bullist numlist | link image | removeformat",
        toolbar_mode: "wrap",
        block_formats: "Paragraph=p;Heading=h2;Subheading=h3;Small heading=h4;Quote=blockquote",
        font_family_formats: FONTS,
        font_size_formats: "12px 14px 16px 18px 20px 24px 32px 40px",
        formats: { underline: { inline: "u" }, strikethrough: { inline: "s" } },
        invalid_elements: "table,video,iframe,script,style",
        link_target_list: false,
        link_assume_external_targets: "https",
        convert_urls: false,
        image_dimensions: true,
        images_file_types: "png,jpg,jpeg,webp,gif",
        images_upload_handler: (blob) => this.upload(blob),
        directionality: this.field.dir === "rtl" ? "rtl" : "ltr",
        iframe_aria_text: this.dataset.label,
        setup: (editor) => this.prepare(editor, dark),
      });
      this.classList.add("editing");
      if (typing) this.editor.focus();
    }

    prepare(editor, dark) {
      this.editor = editor;
      editor.on("init", () => {
        editor.getDoc().documentElement.dataset.bsTheme = dark ? "dark" : "light";
        this.colour(editor);
      });
      // The page's policy ignores styles that stand in markup; set by a script they are shown.
      editor.on("SetContent", () => this.colour(editor));
      editor.on("input change undo redo", () => {
        editor.save();
        this.field.dispatchEvent(new Event("input", { bubbles: true }));
      });
    }

    colour(editor) {
      for (const each of editor.getBody()?.querySelectorAll("[data-mce-style]") ?? []) {
        each.style.cssText = each.dataset.mceStyle;
        const kept = each.style.fontFamily;
        if (SHOWN_AS[kept]) each.style.fontFamily = `${SHOWN_AS[kept]}, ${kept}`;
      }
    }

    insert(text) {
      this.editor?.selection.collapse();
      this.editor?.insertContent(text);
      this.editor?.focus();
      return Boolean(this.editor);
    }

    async upload(blob) {
      const { bytesMax, tooLarge } = this.querySelector("input[type=file]").dataset;
      if (blob.blob().size > Number(bytesMax)) throw { message: tooLarge, remove: true };
      const form = new FormData();
      form.append("picture", blob.blob(), blob.filename());
      const answer = await fetch(this.dataset.upload, {
        method: "POST",
        body: form,
        headers: {
          Accept: "application/json",
          "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content,
        },
      });
      const said = await answer.json().catch(() => ({}));
      if (!answer.ok) throw { message: said.message ?? String(answer.status), remove: true };
      return said.location;
    }
  },
);
