// On a phone the pages of a section are one line to push aside: it begins where the open page is.
for (const open of document.querySelectorAll(".section-pages [aria-current]")) {
  const line = open.closest(".nav");
  line.scrollLeft += open.getBoundingClientRect().left - line.getBoundingClientRect().left - 16;
}
