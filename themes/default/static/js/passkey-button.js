// <passkey-button>: has the browser make or show a passkey, and sends its form with the answer.
const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (each) => each.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

customElements.define(
  "passkey-button",
  class extends HTMLElement {
    connectedCallback() {
      if (!window.PublicKeyCredential) return;
      this.hidden = false;
      this.button = this.querySelector("button");
      this.button.addEventListener("click", () => this.begin());
    }

    async begin() {
      const form = this.closest("form");
      if (this.dataset.makes && !form.reportValidity()) return;
      this.button.disabled = true;
      this.say("");
      try {
        const options = await this.options(form);
        if (!options) return;
        const given = this.dataset.makes
          ? await navigator.credentials.create({ publicKey: options })
          : await navigator.credentials.get({ publicKey: options });
        this.querySelector("input").value = JSON.stringify(this.answer(given));
        form.submit();
      } catch (error) {
        const known = { NotAllowedError: "cancelled", AbortError: "cancelled", InvalidStateError: "known" };
        this.say(this.dataset[known[error.name] ?? "failed"]);
      } finally {
        this.button.disabled = false;
      }
    }

    // What the portal asks for; nothing, where the page has to be loaded anew first.
    async options(form) {
      const token = form.querySelector("[name=csrf_token]").value;
      const asked = await fetch(this.dataset.url, { method: "POST", headers: { "X-CSRFToken": token } });
      if (!asked.headers.get("Content-Type")?.startsWith("application/json")) {
        if (!asked.ok) throw new Error("refused");
        // The session has to be confirmed once more; what the passkey is to be called comes along.
        const named = new URLSearchParams(this.dataset.makes ? { name: form.elements.name.value } : {});
        location.assign(`${location.pathname}?${named}`);
        return null;
      }
      const options = await asked.json();
      options.challenge = bytes(options.challenge);
      if (options.user) options.user.id = bytes(options.user.id);
      for (const each of options.excludeCredentials ?? []) each.id = bytes(each.id);
      return options;
    }

    answer(given) {
      const response = { clientDataJSON: text(given.response.clientDataJSON) };
      for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
        if (given.response[name]) response[name] = text(given.response[name]);
      }
      return { id: given.id, rawId: text(given.rawId), type: given.type, response };
    }

    say(words) {
      const said = this.querySelector("[role=alert]");
      said.textContent = words;
      said.hidden = !words;
    }
  },
);
