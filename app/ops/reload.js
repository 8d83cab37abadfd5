// A page of the development server loads itself again once another build is served.
(() => {
  const built = document.currentScript.dataset.build;

  async function look() {
    const answer = document.hidden ? null : await fetch("/develop/build").catch(() => null);
    if (answer?.ok && (await answer.text()) !== built) location.reload();
    setTimeout(look, 100);
  }

  look();
})();
