// A page of the development server loads itself again once another build is served; why there is none it shows.
(() => {
  const own = document.currentScript.dataset.build;
  const LOOK = {
    position: "fixed", inset: "auto 0 0 0", maxHeight: "50vh", overflow: "auto", zIndex: "9999",
    margin: "0", padding: "12px 16px", background: "#fff", borderTop: "3px solid #ad1f1a", whiteSpace: "pre-wrap",
  };
  const box = Object.assign(document.createElement("pre"), { id: "develop-fault" });
  box.setAttribute("role", "alert");
  Object.assign(box.style, LOOK);

  function show(fault) {
    if (box.textContent !== fault) box.textContent = fault;
    if (fault && !box.isConnected) document.body.append(box);
    if (!fault) box.remove();
  }

  async function look() {
    const answer = document.hidden ? null : await fetch("/develop/build").catch(() => null);
    if (answer?.ok) {
      const { build, fault } = await answer.json();
      if (build !== own) location.reload();
      else show(fault);
    }
    setTimeout(look, 100);
  }

  look();
})();
