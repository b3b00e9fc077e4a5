/* Boxes for searches: what may come next, in a list below each that takes no place and no focus. */
(() => {
  "use strict";
  document.querySelectorAll("input[data-asks]").forEach(offer);

  function offer(box) {
    const list = document.getElementById(box.getAttribute("aria-controls"));
    const lines = () => [...list.children];

    function show(open) {
      list.hidden = !open;
      box.setAttribute("aria-expanded", String(open));
      if (!open) point(-1);
    }

    function point(at) {
      lines().forEach((line, n) => line.setAttribute("aria-selected", String(n === at)));
      if (lines()[at]) box.setAttribute("aria-activedescendant", lines()[at].id); else box.removeAttribute("aria-activedescendant");
      lines()[at]?.scrollIntoView({ block: "nearest" });
    }

    // A value ends its condition, so the next may begin; a name waits for its value.
    function take(line) {
      if (line.dataset.href) { location.assign(line.dataset.href); return; }
      box.value = line.dataset.whole;
      box.setSelectionRange(box.value.length, box.value.length);
      box.dispatchEvent(new CustomEvent("asked", { bubbles: true }));
    }

    box.addEventListener("focus", () => box.dispatchEvent(new CustomEvent("asked", { bubbles: true })));
    box.addEventListener("blur", () => show(false));
    document.addEventListener("htmx:after:swap", (event) => { if (event.detail?.ctx?.sourceElement === box && document.activeElement === box) show(lines().length > 0 && box.selectionStart === box.value.length); });
    list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const line = event.target.closest("[role=option]");
      if (line) take(line);
    });
    box.addEventListener("keydown", (event) => {
      const by = { ArrowDown: 1, ArrowUp: -1 }[event.key], at = lines().findIndex((line) => line.getAttribute("aria-selected") === "true");
      if (by && list.hidden) { box.dispatchEvent(new CustomEvent("asked", { bubbles: true })); event.preventDefault(); return; }
      if (list.hidden) return;
      if (by) { const all = lines().length + 1; point((at + 1 + by + all) % all - 1); }
      else if (at >= 0 && (event.key === "Enter" || event.key === "Tab")) take(lines()[at]);
      else if (event.key === "Escape") { event.stopPropagation(); show(false); }
      else return;
      event.preventDefault();
    });
  }
})();
