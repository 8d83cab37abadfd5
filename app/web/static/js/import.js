// The drop area of an import: shows what was chosen, and that a file may be dropped.
"use strict";

(() => {
  const area = document.querySelector(".drop-area");
  const input = document.getElementById("file");
  const name = document.getElementById("drop-name");
  if (!area || !input) return;
  const asked = name.textContent;

  input.addEventListener("change", () => {
    name.textContent = input.files.length ? input.files[0].name : asked;
  });
  for (const kind of ["dragenter", "dragover"]) area.addEventListener(kind, () => area.classList.add("over"));
  for (const kind of ["dragleave", "drop"]) area.addEventListener(kind, () => area.classList.remove("over"));
})();
