// <solved-form>: while its form is filled in, the browser solves the sum that came with it and notes
// its time zone. Without scripts the form is sent without both.
const ZERO_BITS = 16;
const TRIES_IN_A_ROW = 4000;

const primes = [];
for (let n = 2; primes.length < 64; n += 1) {
  if (primes.every((prime) => n % prime)) primes.push(n);
}
const fraction = (root) => ((root - Math.floor(root)) * 2 ** 32) | 0;
const START = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
const ROUNDS = primes.map((prime) => fraction(Math.cbrt(prime)));
const words = new Int32Array(64);
const turned = (word, by) => (word >>> by) | (word << (32 - by));

// The first word of the SHA-256 of a short ASCII text: one block of at most 55 characters.
function firstWord(text) {
  words.fill(0, 0, 16);
  for (let at = 0; at < text.length; at += 1) {
    words[at >> 2] |= text.charCodeAt(at) << (24 - 8 * (at & 3));
  }
  words[text.length >> 2] |= 0x80 << (24 - 8 * (text.length & 3));
  words[15] = text.length * 8;
  for (let at = 16; at < 64; at += 1) {
    const near = words[at - 2];
    const far = words[at - 15];
    const mixed = (turned(near, 17) ^ turned(near, 19) ^ (near >>> 10)) + words[at - 7];
    words[at] = mixed + (turned(far, 7) ^ turned(far, 18) ^ (far >>> 3)) + words[at - 16];
  }
  let [a, b, c, d, e, f, g, h] = START;
  for (let at = 0; at < 64; at += 1) {
    const chosen = (e & f) ^ (~e & g);
    const one = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + chosen + ROUNDS[at] + words[at]) | 0;
    const most = (a & b) ^ (a & c) ^ (b & c);
    const two = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + most) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
  }
  return (START[0] + a) >>> 0;
}

customElements.define(
  "solved-form",
  class extends HTMLElement {
    connectedCallback() {
      const form = this.querySelector("form");
      const { work, solution, time_zone: zone } = form.elements;
      zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
      const seed = work.value.split(".")[0];
      if (solution.value || !seed || seed.length > 40) return;
      let sent = null;
      form.addEventListener("submit", (event) => {
        if (solution.value) return;
        event.preventDefault(); // it goes out by itself when the sum is solved
        sent = event.submitter;
        this.setAttribute("aria-busy", "true");
      });
      let number = 0;
      const goOn = () => {
        for (const end = number + TRIES_IN_A_ROW; number < end; number += 1) {
          if (firstWord(`${seed}:${number}`) >>> (32 - ZERO_BITS) === 0) {
            solution.value = String(number);
            if (sent) form.requestSubmit(sent);
            return;
          }
        }
        setTimeout(goOn);
      };
      goOn();
    }
  },
);
