// A table that is wider than its place says so: its cut edge fades, and the columns beyond it are named below.
(() => {
  const BOXES = ".ft-scroll, .table-wrap";
  const MOST = 12; // columns that are named
  const HARDLY = 8; // pixels of a column that may be cut off unnoticed

  function mark(box) {
    const end = box.scrollLeft + box.clientWidth;
    box.toggleAttribute("data-more-left", box.scrollLeft > 1);
    box.toggleAttribute("data-more-right", end < box.scrollWidth - 1);
    const beyond = [...box.querySelectorAll("thead tr:first-child th")] // a second line says the same below each
      .filter((head) => head.offsetLeft + head.offsetWidth > end + HARDLY)
      .map((head) => head.textContent.replace("*", "").trim());
    const line = lineOf(box);
    line.hidden = !beyond.length;
    const named = beyond.length > MOST ? [...beyond.slice(0, MOST - 1), "…", `${beyond.at(-1)} 等 ${beyond.length} 列`] : beyond;
    line.textContent = `右侧还有：${named.join("、")}（横向滚动，或按住 Shift 转动滚轮）`;
  }

  function lineOf(box) {
    if (box.nextElementSibling?.matches(".beyond")) return box.nextElementSibling;
    const line = document.createElement("p");
    line.className = "beyond";
    line.setAttribute("aria-hidden", "true"); // whoever listens hears the whole table anyway
    box.after(line);
    return line;
  }

  const sized = new ResizeObserver((entries) => entries.forEach((entry) => mark(entry.target.closest(BOXES))));
  const known = new WeakSet();
  function find() {
    for (const box of document.querySelectorAll(BOXES)) {
      const table = box.querySelector("table");
      if (!table || known.has(table)) continue;
      known.add(table);
      sized.observe(box);
      sized.observe(table);
    }
  }

  new MutationObserver(find).observe(document.body, { childList: true, subtree: true }); // forms are replaced
  document.addEventListener("scroll", (event) => { if (event.target.matches?.(BOXES)) mark(event.target); }, { capture: true, passive: true });
  find();
})();
