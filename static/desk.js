/* The box to write in: saved on the server while it is typed, with its people and files. */
(() => {
  "use strict";
  const find = (selector, inside = document) => inside.querySelector(selector);
  const spanish = document.documentElement.lang === "es";
  const words = spanish
    ? { saving: "Guardando…", failed: "Sin guardar todavía; lo intento de nuevo" }
    : { saving: "Saving…", failed: "Not saved yet; trying again" };
  const KEPT = ["mode", "text", "to", "cc", "bcc", "macro", "aside", "aside_mode"];
  const MOMENT = 150, PAUSE = 1000, AGAIN = 5000, PATIENCE = 20000;
  const states = new WeakMap();
  const unsaved = new Map();

  const box = () => find("form.write[data-write]");
  const value = (form, name) => form.elements[name]?.value ?? "";
  const snapshot = (form) => JSON.stringify(KEPT.map((name) => value(form, name)));
  const isEmpty = (form) => !value(form, "text").trim() && !value(form, "to") && !value(form, "bcc");

  function stateOf(form) {
    if (!states.has(form)) states.set(form, { saved: snapshot(form), timer: 0, going: false, stopped: false, failing: false, files: 0, pressed: null });
    return states.get(form);
  }

  function ask(form, path, data, more = {}) {
    const headers = { "HX-Request": "true", "HX-Request-Type": "partial", "X-Quiet": "typed", "X-CSRF-Token": find('meta[name="csrf"]').content, ...more.headers };
    return fetch(form.dataset.write + path, { method: "POST", body: data, headers, keepalive: more.keepalive, signal: more.signal });
  }

  // --- saving: one at a time, never over something newer ------------------------------------------
  function soon(form, wait = PAUSE) {
    const state = stateOf(form);
    clearTimeout(state.timer);
    state.timer = setTimeout(() => save(form), wait);
  }

  async function save(form, keepalive = false) {
    const state = stateOf(form), now = snapshot(form);
    clearTimeout(state.timer);
    if (state.stopped || now === state.saved) return;
    if (state.going) { soon(form); return; }
    const data = new URLSearchParams(KEPT.map((name) => [name, value(form, name)]));
    data.set("seen", value(form, "seen"));
    state.going = true;
    try {
      const answer = await ask(form, "/draft", data, { keepalive, signal: AbortSignal.timeout(PATIENCE), headers: { "If-Match": `"${value(form, "version")}"` } });
      await heard(form, state, now, answer);
    } catch { failed(form, state); }
    state.going = false;
    if (form.isConnected && !state.failing && snapshot(form) !== state.saved) soon(form);
  }

  async function heard(form, state, now, answer) {
    const text = await answer.text();
    if (answer.ok) {
      state.saved = now;
      state.failing = false;
      if (unsaved.get(form.dataset.write)?.join() === JSON.parse(now).join()) unsaved.delete(form.dataset.write);
    }
    if (!form.isConnected) {
      // The box was drawn anew meanwhile, perhaps before this save was known there.
      const next = box();
      if (answer.ok && next?.dataset.write === form.dataset.write) take(next, answer);
      return;
    }
    if (answer.ok) { take(form, answer); say(form, state.files ? words.saving : text.trim()); find("[data-discard]", form)?.toggleAttribute("hidden", isEmpty(form)); return; }
    if (answer.status === 409) { state.stopped = true; find(".conflict", form).innerHTML = text; return; }
    if (answer.status === 401) { state.stopped = true; say(form, words.failed); setTimeout(signIn, PAUSE); return; }
    failed(form, state);
  }

  function failed(form, state) {
    state.failing = true;
    if (form.isConnected) { say(form, words.failed); soon(form, AGAIN); }
  }

  function take(form, answer) {
    const version = (answer.headers.get("ETag") || "").replaceAll('"', "").replace("W/", "");
    if (Number(version) > Number(value(form, "version"))) form.elements.version.value = version;
  }

  // A form that was sent meanwhile has asked already.
  async function signIn() {
    if (find("#sign-in-again")) return;
    const answer = await fetch("/colleagues", { headers: { "HX-Request": "true", "HX-Request-Type": "partial" } }).catch(() => null);
    if (answer?.status !== 401 || find("#sign-in-again")) return;
    show("#alerts", await answer.text());
    find("#sign-in-again [name=address]").value = find("[data-me]")?.dataset.me || "";
  }

  const say = (form, text) => { find("[data-saved]", form).textContent = text; };

  function show(place, html) {
    find(place).innerHTML = html;
    window.htmx?.process(find(place));
  }

  document.addEventListener("signedin", () => {
    const form = box();
    if (form) { stateOf(form).stopped = false; soon(form, 300); }
  });

  // --- two windows: the agent chooses ---------------------------------------------------------------
  function settle(form, panel, text) {
    if (text !== null) form.elements.text.value = text;
    form.elements.version.value = panel.dataset.version;
    const state = stateOf(form);
    state.stopped = false;
    state.saved = "";
    panel.remove();
    form.elements.text.focus();
    soon(form, 0);
  }

  document.addEventListener("click", (event) => {
    const target = event.target, form = target.closest?.("form.write");
    const panel = target.closest?.("[data-conflict]");
    if (!form) return;
    const other = panel && find("[data-other]", panel)?.textContent;
    if (target.closest("[data-keep-mine]")) settle(form, panel, null);
    if (target.closest("[data-take-other]")) settle(form, panel, other);
    if (target.closest("[data-take-both]")) settle(form, panel, `${other}\n\n${form.elements.text.value}`);
    const button = target.closest("[data-detach], [data-lend]");
    if (button) {
      event.preventDefault();
      send(form, new URL(button.getAttribute("formaction"), location).pathname.replace(form.dataset.write, ""), new FormData(), button.dataset.lend);
    }
  });

  // --- files: by button, by drag, by paste ------------------------------------------------------------
  // They are brought until the server has them: a connection comes back, and so does whose session ended.
  async function send(form, path, data, lender = "") {
    const state = stateOf(form);
    if (lender) data.set("from", lender);
    state.files += 1;
    const slow = setTimeout(() => say(form, words.saving), MOMENT);
    const answer = await brought(form, path, data);
    clearTimeout(slow);
    state.files -= 1;
    const made = document.createElement("template");
    made.innerHTML = await answer.text();
    const part = answer.ok && find("hx-partial", made.content), now = box();
    say(form, "");
    if (!part) { show("#alerts", made.innerHTML); state.pressed = null; return; }
    if (now?.dataset.write === form.dataset.write) { find(part.getAttribute("hx-target"))?.replaceChildren(...part.childNodes); take(now, answer); }
    if (!state.files && state.pressed && form.isConnected) form.requestSubmit(state.pressed);
    state.pressed = null;
  }

  async function brought(form, path, data) {
    for (;;) {
      const answer = await ask(form, path, data).catch(() => null), ended = answer?.status === 401;
      if (answer && !ended && (answer.status < 500 || answer.headers.has("HX-Retarget"))) return answer;
      say(form, words.failed);
      if (ended) signIn();
      await new Promise((done) => { if (ended) document.addEventListener("signedin", done, { once: true }); else setTimeout(done, AGAIN); });
    }
  }

  // A mail does not leave before its files are there.
  document.addEventListener("htmx:config:request", (event) => {
    const { sourceElement: form, request } = event.detail.ctx;
    if (!form.matches("form.write[data-write]") || !stateOf(form).files) return;
    event.preventDefault();
    stateOf(form).pressed = request.submitter;
    say(form, words.saving);
  });

  function upload(form, files) {
    const data = new FormData();
    [...files].forEach((file) => data.append("files", file));
    if (files.length) send(form, "/draft/files", data);
  }

  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("form.write[data-write]");
    if (!form) return;
    if (event.target.type === "file") { upload(form, event.target.files); event.target.value = ""; return; }
    if (event.target.name === "mode") { turn(form); people(form); }
    soon(form);
  });
  document.addEventListener("dragover", (event) => {
    const form = event.target.closest?.(".composer") && box();
    if (form && event.dataTransfer?.types.includes("Files")) { event.preventDefault(); form.dataset.drop = "on"; }
  });
  document.addEventListener("dragleave", () => { const form = box(); if (form) delete form.dataset.drop; });
  document.addEventListener("drop", (event) => {
    const form = event.target.closest?.(".composer") && box();
    if (!form || !event.dataTransfer?.files.length) return;
    event.preventDefault();
    delete form.dataset.drop;
    upload(form, event.dataTransfer.files);
  });
  document.addEventListener("paste", (event) => {
    const form = event.target.closest?.("form.write[data-write]");
    if (form && event.clipboardData?.files.length) { event.preventDefault(); upload(form, event.clipboardData.files); }
  });

  // --- a note and an answer are two texts: what one says must never leave with the other ---------------
  function turn(form) {
    const now = value(form, "mode"), was = form.dataset.was, { text, aside } = form.elements;
    form.dataset.was = now;
    if ((now === "note") === (was === "note")) return;
    [text.value, aside.value] = [aside.value, text.value];
    form.elements.aside_mode.value = was;
  }
  // On a telephone the tabs are there as long as somebody writes: pressing one must not end that.
  document.addEventListener("mousedown", (event) => {
    const form = event.target.closest?.(".write-tabs, .write-actions") && box();
    if (form?.contains(document.activeElement)) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    // Whoever presses a tab means to write, also the one that is chosen: letters there are no keys.
    if (event.target.matches?.("form.write [name=mode]")) people(event.target.form);
    const form = event.target.closest?.("[data-bring]") && box();
    if (!form) return;
    const { text, aside } = form.elements;
    text.value = [text.value, aside.value].filter(Boolean).join("\n\n");
    aside.value = "";
    text.focus();
    soon(form);
  });

  // --- to whom: everybody is written to only where everybody is meant -----------------------------------
  function people(form) {
    const all = value(form, "mode") === "all", cc = form.elements.cc;
    if (all && !cc.value) cc.value = form.dataset.cc;
    if (!all && value(form, "mode") !== "note" && cc.value === form.dataset.cc) cc.value = "";
    find(value(form, "mode") === "forward" ? "#write-to" : "#reply-text", form)?.focus();
  }

  // --- when: while typing, on leaving, and what was not saved in time comes back --------------------------
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form.write[data-write]");
    if (!form || event.target.type === "file") return;
    stateOf(form);
    unsaved.set(form.dataset.write, JSON.parse(snapshot(form)));
    soon(form);
  });
  document.addEventListener("focusout", (event) => { const form = event.target.closest?.("form.write[data-write]"); if (form && states.has(form)) save(form); });
  document.addEventListener("visibilitychange", () => { const form = box(); if (form && document.hidden) save(form, true); });
  addEventListener("pagehide", () => { const form = box(); if (form) save(form, true); });
  addEventListener("beforeunload", (event) => {
    const form = box(), state = form && states.get(form);
    if (state && (state.files || (state.failing && snapshot(form) !== state.saved))) event.preventDefault();
  });
  document.addEventListener("htmx:before:request", (event) => {
    const form = event.detail.ctx.sourceElement;
    if (form?.matches?.("form.write[data-write]")) { clearTimeout(stateOf(form).timer); stateOf(form).stopped = true; }
  });
  document.addEventListener("htmx:finally:request", (event) => {
    const form = event.detail.ctx.sourceElement;
    if (form?.isConnected && form.matches("form.write[data-write]")) { stateOf(form).stopped = false; soon(form); }
  });
  document.addEventListener("htmx:before:swap", (event) => {
    const ctx = event.detail.ctx;
    if (ctx.sourceElement?.closest?.("form.write[data-write]") && ctx.response.status < 400) unsaved.delete(ctx.sourceElement.closest("form.write").dataset.write);
  });

  // What was sent is seen in the conversation; what was taken back is in the box, to be written on.
  let after = "";
  document.addEventListener("htmx:before:swap", (event) => {
    const { sourceElement, response } = event.detail.ctx;
    if (response.status >= 400) return;
    if (sourceElement?.matches?.("form.write[data-write]")) after = "sent";
    if (sourceElement?.getAttribute?.("action")?.endsWith("/withdrawal")) after = "back";
  });
  document.addEventListener("htmx:after:swap", () => {
    if (!after) return;
    const back = after === "back";
    after = "";
    requestAnimationFrame(() => {
      [...document.querySelectorAll(".thread .message")].at(-1)?.scrollIntoView({ block: "nearest" });
      if (!back || !box()) return;
      const { text } = box().elements;
      text.focus();
      text.setSelectionRange(text.value.length, text.value.length);
    });
  });

  function begin() {
    const form = box();
    if (!form || states.has(form)) return;
    const kept = unsaved.get(form.dataset.write), state = stateOf(form);
    if (find(".stale, .refusal", form)) { state.saved = ""; soon(form); }
    if (find("[data-conflict]", form)) state.stopped = true;
    if (kept && !value(form, "text")) {
      KEPT.forEach((name, n) => { if (form.elements[name]) form.elements[name].value = kept[n]; });
      form.dataset.was = kept[0];
      soon(form);
    }
    const place = value(form, "text").match(/\{\{[^{}]*\}\}/);
    if (place && find(".warning, .refusal", form)) { form.elements.text.focus(); form.elements.text.setSelectionRange(place.index, place.index + place[0].length); }
  }
  // A page that is loaded again can be drawn before the last save of the one before has arrived.
  async function catchUp() {
    const form = box();
    if (!form) return;
    const was = snapshot(form);
    const answer = await fetch(`${form.dataset.write}/draft`, { headers: { "X-Quiet": "yes" } }).catch(() => null);
    if (!answer?.ok) return;
    const text = await answer.text(), version = value(form, "version");
    if (snapshot(form) !== was || !form.isConnected) return;
    take(form, answer);
    if (value(form, "version") === version) return;
    form.elements.text.value = text;
    stateOf(form).saved = snapshot(form);
  }
  if (performance.getEntriesByType("navigation")[0]?.type !== "navigate") addEventListener("load", () => setTimeout(catchUp, 400));
  addEventListener("pageshow", (event) => { if (event.persisted) catchUp(); });
  document.addEventListener("htmx:after:swap", begin);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin); else begin();
})();

/* What lies around the box: ready answers, names in notes, copying, printing. */
(() => {
  "use strict";
  const find = (selector, inside = document) => inside.querySelector(selector);
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  const box = () => find("form.write[data-write]");
  const words = document.documentElement.lang === "es" ? { copied: "Copiado", copy: "Para copiar" } : { copied: "Copied", copy: "To copy" };
  const asked = { headers: { "HX-Request": "true", "HX-Request-Type": "partial", "X-Quiet": "typed" } };
  const piece = async (path) => { const answer = await fetch(path, asked).catch(() => null); return answer?.ok ? answer.text() : ""; };

  // --- ready answers: searched in a window, put in where the caret stands -----------------------------
  let answers;
  async function choose(link) {
    if (!answers) {
      answers = document.createElement("dialog");
      answers.className = "dialog";
      answers.setAttribute("aria-label", find("span", link).textContent.trim());
      document.body.append(answers);
      answers.addEventListener("click", pick);
      answers.addEventListener("keydown", walk);
    }
    const answer = await fetch(link.href, { headers: { "HX-Request": "true", "HX-Request-Type": "partial" } }).catch(() => null);
    if (!answer) { document.dispatchEvent(new CustomEvent("htmx:error")); return; }
    const place = answer.ok ? answers : find("#alerts");
    place.innerHTML = await answer.text();
    find("title", place)?.remove();
    window.htmx?.process(place);
    if (!answer.ok) return;
    if (!answers.open) answers.showModal();
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

  // --- choices above the box: names behind an @ in a note, ready answers behind a / in a mail ---------------
  let names = "", list, turn = 0;
  const behind = (area, what) => area.value.slice(0, area.selectionStart).match(what);
  const word = (area) => behind(area, /(?:^|[^\w@.])@([\w.+-]{0,40})$/);
  const slash = (area) => behind(area, /(?:^|\s)\/([\p{L}\d_-]{0,30})$/u);
  const isNote = () => find("#mode-note")?.checked;

  async function suggest(area) {
    const mine = ++turn, note = isNote(), found = note ? word(area) : slash(area);
    if (!found) { hide(area); return; }
    const path = `${box().dataset.write}/macros?as=list&q=${encodeURIComponent(found[1])}`;
    const choices = note ? (names = names || await piece("/colleagues")) : await piece(path);
    if (mine !== turn || !area.isConnected) return;
    offer(area, choices);
    const wanted = found[1].toLowerCase();
    if (note) all("[data-name]", list).forEach((one) => { if (!`${one.dataset.name} ${one.textContent.toLowerCase()}`.includes(wanted)) one.remove(); });
    // Whose name begins so comes before those of whom it is somewhere else.
    list.prepend(...all("[data-name]", list).filter((one) => one.dataset.name.startsWith(wanted)));
    all("[role=option]", list).slice(6).forEach((one) => one.remove());
    if (!list.children.length) hide(area); else mark(area, list.firstElementChild);
  }

  function offer(area, choices) {
    if (!list?.isConnected) {
      list = document.createElement("ul");
      Object.assign(list, { className: "names", id: "names" });
      list.setAttribute("role", "listbox");
      list.setAttribute("aria-label", area.labels[0]?.textContent.trim() || "");
      area.before(list);
      list.addEventListener("mousedown", (event) => { event.preventDefault(); complete(area, event.target.closest("[role=option]")); });
    }
    list.innerHTML = choices;
    all("title", list).forEach((one) => one.remove());
  }

  function mark(area, item) {
    all("[aria-selected]", list).forEach((one) => one.removeAttribute("aria-selected"));
    item.setAttribute("aria-selected", "true");
    area.setAttribute("aria-activedescendant", item.id);
    area.setAttribute("aria-controls", "names");
  }

  function hide(area) { turn++; list?.remove(); area.removeAttribute("aria-activedescendant"); area.removeAttribute("aria-controls"); }

  function complete(area, item) {
    const found = isNote() ? word(area) : slash(area);
    if (!item || !found) return;
    const from = area.selectionStart - found[1].length - 1;
    area.setRangeText(item.dataset.name ? `@${item.dataset.name} ` : "", from, area.selectionStart, "end");
    if (item.dataset.macro) { insert(area, item.dataset.text); note(area.form, item); }
    hide(area);
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  document.addEventListener("input", (event) => { if (event.target.id === "reply-text") suggest(event.target); });
  document.addEventListener("focusout", (event) => { if (event.target.id === "reply-text") hide(event.target); });
  document.addEventListener("keydown", (event) => {
    if (event.target.id !== "reply-text" || !list?.isConnected) return;
    const now = find("[aria-selected]", list), by = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    if (by) { event.preventDefault(); if (now[by]) mark(event.target, now[by]); }
    if (["Enter", "Tab"].includes(event.key) && !event.ctrlKey && !event.metaKey) { event.preventDefault(); complete(event.target, now); }
    if (event.key === "Escape") { event.stopPropagation(); hide(event.target); }
  }, true);

  // --- copying: the number, at the second press with its title, at the third as a link; and printing ---------
  let copied = 0, times = 0;
  async function copy({ copy: number, title, link }) {
    times = performance.now() - copied < 1500 ? (times + 1) % 3 : 0;
    copied = performance.now();
    const text = [number, title, new URL(link, location).href][times];
    // Browsers copy only on pages that came over TLS, or from this machine; else it is read from the toast.
    const done = await navigator.clipboard?.writeText(text).then(() => true, () => false);
    document.dispatchEvent(new CustomEvent("toast", { detail: `${done ? words.copied : words.copy}: ${text}` }));
  }
  document.addEventListener("click", (event) => {
    const macros = event.target.closest?.("[data-macros]"), button = event.target.closest?.("[data-copy]");
    if (macros && box()) { event.preventDefault(); choose(macros); }
    if (event.target.closest?.("[data-print]")) print();
    if (button) copy(button.dataset);
  });
  addEventListener("beforeprint", () => all("details.message, details.events").forEach((one) => { if (!one.open) { one.open = true; one.dataset.printed = "yes"; } }));
  addEventListener("afterprint", () => all("[data-printed]").forEach((one) => { one.open = false; delete one.dataset.printed; }));
})();
