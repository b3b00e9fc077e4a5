/* What lies around the box: ready answers, names in notes, colleagues in the case, copying, printing. */
(() => {
  "use strict";
  const find = (selector, inside = document) => inside.querySelector(selector);
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  const box = () => find("form.write[data-write]");
  const asked = { headers: { "HX-Request": "true", "HX-Request-Type": "partial", "X-Quiet": "yes" } };
  const piece = async (path) => { const answer = await fetch(path, asked); return answer.ok ? answer.text() : ""; };

  // --- ready answers: searched in a window, put in where the caret stands -----------------------------
  let answers;
  async function choose(link) {
    if (!answers) {
      answers = document.createElement("dialog");
      answers.className = "dialog";
      answers.setAttribute("aria-label", link.textContent.trim());
      document.body.append(answers);
      answers.addEventListener("click", pick);
      answers.addEventListener("keydown", walk);
    }
    answers.innerHTML = await piece(link.getAttribute("href"));
    find("title", answers)?.remove();
    window.htmx?.process(answers);
    answers.showModal();
    find("input", answers)?.focus();
  }

  function walk(event) {
    const links = all(".macro", answers), at = links.indexOf(document.activeElement);
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) { event.preventDefault(); (links[at + by] || (by < 0 ? find("input", answers) : links[0]))?.focus(); }
    if (event.key === "Enter" && event.target.matches("input")) { event.preventDefault(); links[0]?.click(); }
  }

  function pick(event) {
    if (event.target === answers) answers.close();
    const link = event.target.closest("[data-macro]"), form = box();
    if (!link || !form) return;
    event.preventDefault();
    answers.close();
    insert(form.elements.text, find("[data-macro-text]", link).textContent);
    note(form, link);
  }

  function insert(area, text) {
    const before = area.value.slice(0, area.selectionStart), gap = before && !before.endsWith("\n") ? "\n\n" : "";
    area.focus();
    area.setRangeText(gap + text, area.selectionStart, area.selectionEnd, "end");
    const place = area.value.match(/\{\{[^{}]*\}\}/);
    if (place) area.setSelectionRange(place.index, place.index + place[0].length);
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function note(form, link) {
    let line = find(".then", form);
    if (!line) { line = document.createElement("p"); line.className = "then"; form.elements.text.after(line); }
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "macro", value: link.dataset.macro });
    line.replaceChildren(field, link.dataset.effects);
  }

  // --- names in notes: the choices below an @ -----------------------------------------------------------
  let names = "", list;
  const word = (area) => area.value.slice(0, area.selectionStart).match(/(?:^|[^\w@.])@([\w.+-]{0,40})$/);

  async function suggest(area) {
    const found = find("#mode-note")?.checked ? word(area) : null;
    if (!found) { hide(area); return; }
    names = names || await piece("/colleagues");
    if (!list?.isConnected) {
      list = document.createElement("ul");
      Object.assign(list, { className: "names", id: "names" });
      list.setAttribute("role", "listbox");
      area.before(list);
      list.addEventListener("mousedown", (event) => { event.preventDefault(); complete(area, event.target.closest("[data-name]")); });
    }
    list.innerHTML = names;
    const wanted = found[1].toLowerCase();
    all("title", list).forEach((one) => one.remove());
    all("[data-name]", list).forEach((one) => { if (!`${one.dataset.name} ${one.textContent.toLowerCase()}`.includes(wanted)) one.remove(); });
    all("[data-name]", list).slice(6).forEach((one) => one.remove());
    if (!list.children.length) hide(area); else mark(area, list.firstElementChild);
  }

  function mark(area, item) {
    all("[aria-selected]", list).forEach((one) => one.removeAttribute("aria-selected"));
    item.setAttribute("aria-selected", "true");
    area.setAttribute("aria-activedescendant", item.id);
    area.setAttribute("aria-controls", "names");
  }

  function hide(area) { list?.remove(); area.removeAttribute("aria-activedescendant"); area.removeAttribute("aria-controls"); }

  function complete(area, item) {
    const found = word(area);
    if (!item || !found) return;
    area.setRangeText(`@${item.dataset.name} `, area.selectionStart - found[1].length - 1, area.selectionStart, "end");
    hide(area);
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  document.addEventListener("keydown", (event) => {
    if (event.target.id !== "reply-text" || !list?.isConnected) return;
    const now = find("[aria-selected]", list), by = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    if (by) { event.preventDefault(); if (now[by]) mark(event.target, now[by]); }
    if (["Enter", "Tab"].includes(event.key) && !event.ctrlKey && !event.metaKey) { event.preventDefault(); complete(event.target, now); }
    if (event.key === "Escape") { event.stopPropagation(); hide(event.target); }
  }, true);

  // --- colleagues: told while the page is seen, shown when somebody else comes or writes ------------------
  let here = "", wrote = false, told = 0, doing = "";
  function tell(what, keepalive = false) {
    const form = box();
    const path = what ? form?.dataset.write : here;
    if (!path) return;
    const data = new URLSearchParams({ doing: what, csrf: find('meta[name="csrf"]').content });
    if (wrote && what !== "writing") data.set("wrote", "1");
    wrote = what === "writing";
    doing = what;
    told = performance.now();
    fetch(`${path}/presence`, { method: "POST", body: data, keepalive, headers: { ...asked.headers, "X-CSRF-Token": data.get("csrf") } }).catch(() => { told = 0; });
    here = what ? path : "";
  }

  function arrive() {
    const path = box()?.dataset.write || "";
    if (path === here) return;
    if (here) tell("");
    if (path && !document.hidden) tell("viewing");
    look();
  }

  let looking = 0;
  function look() {
    clearTimeout(looking);
    looking = setTimeout(async () => {
      const cases = all('[id^="row-here-"], [id^="here-"]').map((one) => one.id.replace(/\D+/g, ""));
      if (!cases.length || document.hidden) return;
      const made = document.createElement("template");
      made.innerHTML = await piece(`/presence?cases=${[...new Set(cases)].slice(0, 120).join(",")}`);
      all("hx-partial", made.content).forEach((part) => {
        const place = find(part.getAttribute("hx-target"));
        if (place && place.innerHTML.trim() !== part.innerHTML.trim()) place.innerHTML = part.innerHTML;
      });
    }, 150);
  }

  document.addEventListener("input", (event) => {
    if (event.target.id !== "reply-text") return;
    suggest(event.target);
    if (doing !== "writing" || performance.now() - told > 8000) tell("writing");
  });
  document.addEventListener("focusout", (event) => { if (event.target.id === "reply-text") { hide(event.target); if (wrote) tell("viewing"); } });
  document.addEventListener("visibilitychange", () => { if (document.hidden) tell("", true); else arrive(); });
  addEventListener("pagehide", () => tell("", true));
  setInterval(() => { if (here && !document.hidden && performance.now() - told > 15000) tell(doing || "viewing"); }, 5000);
  setInterval(look, 30000);
  document.body?.addEventListener("presence", look);
  document.addEventListener("htmx:after:swap", arrive);

  // --- copying: the number, at the second press with its title, at the third as a link; and printing ---------
  let copied = 0, times = 0;
  document.addEventListener("click", (event) => {
    const macros = event.target.closest?.("[data-macros]");
    if (macros && box()) { event.preventDefault(); choose(macros); }
    if (event.target.closest?.("[data-print]")) print();
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    times = performance.now() - copied < 1500 ? (times + 1) % 3 : 0;
    copied = performance.now();
    navigator.clipboard?.writeText([button.dataset.copy, button.dataset.title, new URL(button.dataset.link, location).href][times]);
  });
  addEventListener("beforeprint", () => all("details.message, details.events, details.quoted").forEach((one) => { if (!one.open) { one.open = true; one.dataset.printed = "yes"; } }));
  addEventListener("afterprint", () => all("[data-printed]").forEach((one) => { one.open = false; delete one.dataset.printed; }));
  arrive();
})();
