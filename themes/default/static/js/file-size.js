// A file that is larger than its field takes is told of before anything is sent: it is put back, so
// that the rest of the form can go out as it was filled in.
document.addEventListener(
  "change",
  (event) => {
    const field = event.target;
    const { bytesMax, tooLarge } = field.dataset ?? {};
    if (!bytesMax) return;
    const place = field.closest(".btn-list") ?? field;
    const before = place.previousElementSibling;
    if (before?.matches(".file-too-large")) before.remove();
    if (![...field.files].some((file) => file.size > Number(bytesMax))) return;
    event.stopImmediatePropagation(); // neither sent by itself nor shown in a preview
    field.value = "";
    const said = document.createElement("div");
    said.className = "field-error file-too-large";
    said.setAttribute("role", "alert");
    said.textContent = tooLarge;
    place.before(said);
  },
  true,
);
