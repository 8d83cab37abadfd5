// The print button of a page on paper.
"use strict";
document.getElementById("print").addEventListener("click", () => window.print());
