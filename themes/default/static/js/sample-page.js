// A page that is drawn as a sample leads nowhere and changes nothing.
for (const kind of ["click", "submit"]) {
  addEventListener(
    kind,
    (event) => {
      if (kind === "submit" || event.target.closest("a[href]:not([href^='#'])")) event.preventDefault();
    },
    true,
  );
}
