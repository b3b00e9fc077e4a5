/* Notes how long keys take until something is seen, and what moves by itself. */
(() => {
  "use strict";
  const felt = { spell: "load", shift: 0, content: [], slowest: {}, counted: 0 };
  const each = (type, note, more) => new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true, ...more });
  each("layout-shift", (entry) => { if (!entry.hadRecentInput) felt.shift += entry.value; });
  each("event", (entry) => {
    if (!entry.interactionId) return;
    felt.counted += 1;
    felt.slowest[felt.spell] = Math.max(felt.slowest[felt.spell] || 16, entry.duration);
  }, { durationThreshold: 16 });

  // From a key to the frame in which another case stands with its messages.
  let pressed = 0, before;
  const open = () => document.querySelector("#reader .case .message .text")?.closest(".case").dataset.case;
  addEventListener("keydown", (event) => {
    if (event.key === "j" || event.key === "k") { pressed = event.timeStamp; before = open(); }
  }, true);
  const seen = () => {
    const now = open();
    if (!pressed || !now || now === before) return;
    const since = pressed;
    pressed = 0;
    requestAnimationFrame(() => setTimeout(() => {
      felt.content.push(Math.round(performance.now() - since));
      document.documentElement.dataset.felt = felt.content.length;
    }));
  };
  new MutationObserver(seen).observe(document, { childList: true, subtree: true });
  felt.told = () => { const { told, ...rest } = felt; return { ...rest, shift: Math.round(felt.shift * 10000) / 10000 }; };
  window.felt = felt;
})();
