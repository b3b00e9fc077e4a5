/* The box to write in: saved on the server while it is typed, with its people and files. */
(() => {
  "use strict";
  const find = (selector, inside = document) => inside.querySelector(selector);
  const spanish = document.documentElement.lang === "es";
  const words = spanish
    ? { saving: "Guardando…", failed: "Sin guardar todavía; lo intento de nuevo" }
    : { saving: "Saving…", failed: "Not saved yet; trying again" };
  const KEPT = ["mode", "text", "to", "cc", "bcc", "macro"];
  const PAUSE = 1000, AGAIN = 5000;
  const states = new WeakMap();
  const unsaved = new Map();

  const box = () => find("form.write[data-write]");
  const value = (form, name) => form.elements[name]?.value ?? "";
  const snapshot = (form) => JSON.stringify(KEPT.map((name) => value(form, name)));
  const isEmpty = (form) => !value(form, "text").trim() && !value(form, "to") && !value(form, "bcc");

  function stateOf(form) {
    if (!states.has(form)) states.set(form, { saved: snapshot(form), timer: 0, going: false, stopped: false, failing: false });
    return states.get(form);
  }

  function ask(form, path, data, more = {}) {
    const headers = { "HX-Request": "true", "HX-Request-Type": "partial", "X-Quiet": "yes", "X-CSRF-Token": value(form, "csrf"), ...more.headers };
    return fetch(form.dataset.write + path, { method: "POST", body: data, headers, keepalive: more.keepalive });
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
      const answer = await ask(form, "/draft", data, { keepalive, headers: { "If-Match": `"${value(form, "version")}"` } });
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
    if (answer.ok) { take(form, answer); say(form, text.trim()); find("[data-discard]", form)?.toggleAttribute("hidden", isEmpty(form)); return; }
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
    const answer = await fetch("/colleagues", { headers: { "HX-Request": "true", "HX-Request-Type": "partial" } });
    if (answer.status === 401) show("#alerts", await answer.text());
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
  async function send(form, path, data, lender = "") {
    if (lender) data.set("from", lender);
    say(form, words.saving);
    try {
      const answer = await ask(form, path, data);
      const made = document.createElement("template");
      made.innerHTML = await answer.text();
      const part = find("hx-partial", made.content);
      if (answer.ok && part) { find(part.getAttribute("hx-target")).replaceChildren(...part.childNodes); take(form, answer); say(form, ""); }
      else { show("#alerts", made.innerHTML); say(form, ""); }
    } catch { say(form, words.failed); }
  }

  function upload(form, files) {
    const data = new FormData();
    [...files].forEach((file) => data.append("files", file));
    if (files.length) send(form, "/draft/files", data);
  }

  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("form.write[data-write]");
    if (!form) return;
    if (event.target.type === "file") { upload(form, event.target.files); event.target.value = ""; return; }
    if (event.target.name === "mode") people(form);
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

  // --- to whom: everybody is written to only where everybody is meant -----------------------------------
  function people(form) {
    const all = value(form, "mode") === "all", cc = form.elements.cc;
    if (all && !cc.value) cc.value = form.dataset.cc;
    if (!all && cc.value === form.dataset.cc) cc.value = "";
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
  addEventListener("beforeunload", (event) => { const form = box(); if (form && states.get(form)?.failing && snapshot(form) !== states.get(form).saved) event.preventDefault(); });
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

  function begin() {
    const form = box();
    if (!form || states.has(form)) return;
    const kept = unsaved.get(form.dataset.write), state = stateOf(form);
    if (find(".stale, .refusal", form)) { state.saved = ""; soon(form); }
    if (find("[data-conflict]", form)) state.stopped = true;
    if (kept && !value(form, "text")) {
      KEPT.forEach((name, n) => { if (name !== "mode" && form.elements[name]) form.elements[name].value = kept[n]; });
      soon(form);
    }
    const place = value(form, "text").match(/\{\{[^{}]*\}\}/);
    if (place && find(".warning, .refusal", form)) { form.elements.text.focus(); form.elements.text.setSelectionRange(place.index, place.index + place[0].length); }
  }
  // A page that is loaded again can be drawn before the last save of the one before has arrived.
  async function catchUp() {
    const form = box(), kind = performance.getEntriesByType("navigation")[0]?.type;
    if (!form || kind === "navigate") return;
    const before = snapshot(form);
    const answer = await fetch(`${form.dataset.write}/draft`, { headers: { "X-Quiet": "yes" } });
    if (!answer.ok || snapshot(form) !== before || !form.isConnected) return;
    const text = await answer.text(), version = value(form, "version");
    take(form, answer);
    if (value(form, "version") === version) return;
    form.elements.text.value = text;
    stateOf(form).saved = snapshot(form);
  }
  addEventListener("load", () => setTimeout(catchUp, 400));
  document.addEventListener("htmx:after:swap", begin);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin); else begin();
})();
