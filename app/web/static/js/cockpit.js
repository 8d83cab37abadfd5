// The numbers of a dashboard on the workbench: asked for after the page, so that it waits for nothing.
"use strict";

(async () => {
  const place = document.querySelector("[data-cockpit]");
  if (!place) return;
  try {
    const answer = await fetch(place.dataset.cockpit, { redirect: "manual", credentials: "same-origin" });
    if (!answer.ok) return; // what the desk itself shows is complete without them
    place.querySelector("[data-cockpit-figures]").innerHTML = await answer.text();
    place.hidden = false;
  } catch {
    // The server cannot be reached: the next page will say so.
  }
})();
