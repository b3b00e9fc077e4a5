/* The edge between list and case: dragged, or moved by its keys, and kept for the next page. */
(() => {
  "use strict";
  const find = (selector) => document.querySelector(selector);
  const root = document.documentElement, edge = find("#list-edge");
  if (!edge) return;
  const NARROWEST = 17, STEP = 0.25, READER = 34, DEFAULT = 28, MOST = 100, KEY_STEP = 4, PAUSE = 400;
  const rem = () => parseFloat(getComputedStyle(root).fontSize);
  const steps = (pixels) => Math.round((pixels / rem() - NARROWEST) / STEP);
  const widest = () => Math.min(MOST, steps(find(".panes").clientWidth - READER * rem()));
  const shown = () => steps(find("#list").getBoundingClientRect().width);
  let timer = 0;

  // The sheet adds the parts up, so that a page is drawn at once as it was left.
  function draw(wanted) {
    const now = Math.max(0, Math.min(wanted, widest()));
    root.dataset.width = [1, 2, 4, 8, 16, 32, 64].filter((part) => now & part).join(" ");
    edge.setAttribute("aria-valuenow", now);
    return now;
  }

  function keep(now) {
    for (const one of document.querySelectorAll('[action="/preferences/width"] button')) one.setAttribute("aria-pressed", String(one.value === String(now)));
    clearTimeout(timer);
    timer = setTimeout(() => {
      const data = new URLSearchParams({ value: now, csrf: find('meta[name="csrf"]').content });
      // Where it cannot be kept, it is drawn as it was on the next page, which says enough.
      fetch("/preferences/width", { method: "POST", body: data, headers: { "HX-Request": "true", "X-Quiet": "typed" }, keepalive: true }).catch(() => {});
    }, PAUSE);
  }

  edge.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    edge.focus();
    edge.setPointerCapture(event.pointerId);
    const from = event.clientX, before = shown();
    let now = before;
    const move = (next) => { now = draw(before + Math.round((next.clientX - from) / rem() / STEP)); };
    const undo = (key) => { if (key.key === "Escape") { now = draw(before); edge.releasePointerCapture(event.pointerId); } };
    const heard = { pointermove: move, keydown: undo, lostpointercapture: end };
    function end() {
      for (const name in heard) edge.removeEventListener(name, heard[name]);
      if (now !== before) keep(now);
    }
    for (const name in heard) edge.addEventListener(name, heard[name]);
  });
  edge.addEventListener("dblclick", () => keep(draw(DEFAULT)));
  edge.addEventListener("keydown", (event) => {
    const wanted = { ArrowLeft: shown() - KEY_STEP, ArrowRight: shown() + KEY_STEP, Home: 0, End: MOST }[event.key];
    if (wanted === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    keep(draw(wanted));
  });
})();
