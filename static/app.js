/* The behaviour of all pages: keys, news, focus. Everything works without it, by links and forms. */
(() => {
  "use strict";
  const root = document.documentElement;
  const find = (selector, inside = document) => inside.querySelector(selector);
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  root.dataset.js = "on";

  // --- htmx: the token of every request, focus that is never lost, toasts that go away ---------
  const token = () => find('meta[name="csrf"]')?.content || "";
  document.addEventListener("htmx:config:request", (event) => {
    const own = find('input[name="csrf"]', event.detail.ctx.sourceElement)?.value;
    event.detail.ctx.request.headers["X-CSRF-Token"] = own || token();
  });
  document.addEventListener("signedin", (event) => {
    const fresh = event.detail?.csrf || event.detail?.value?.csrf;
    if (!fresh) return;
    find('meta[name="csrf"]').content = fresh;
    all('input[name="csrf"]').forEach((field) => { field.value = fresh; });
    find("#alerts").replaceChildren();
  });
  document.addEventListener("htmx:before:request", (event) => {
    const target = event.detail.ctx.target;
    if (target instanceof Element) target.setAttribute("aria-busy", "true");
  });
  document.addEventListener("htmx:finally:request", (event) => {
    const target = event.detail.ctx.target;
    if (target instanceof Element) target.removeAttribute("aria-busy");
  });
  document.addEventListener("htmx:after:swap", () => { settle(); });
  document.addEventListener("htmx:error", () => complain());

  function complain() {
    const place = find("#alerts");
    const said = root.lang === "es" ? "Sin conexión. Tu texto sigue aquí; inténtalo otra vez." : "No connection. Your text is still here; try again.";
    const toast = document.createElement("div");
    toast.className = "toast is-bad";
    toast.textContent = said;
    place.replaceChildren(toast);
    leave(toast, 10);
  }

  function settle() {
    mark();
    end();
    all(".toast[data-seconds]:not([data-leaving])").forEach((toast) => leave(toast, Number(toast.dataset.seconds)));
    all("iframe.mail-frame").forEach(fit);
    if (document.activeElement === document.body || !document.activeElement) {
      (find('#rows [aria-current="true"]') || find("#h-case") || find("#main"))?.focus({ preventScroll: true });
    }
  }

  // A case opens at its newest message.
  function end() {
    const body = find(".case-body:not([data-ended])");
    if (!body) return;
    body.dataset.ended = "yes";
    const last = all(".message", body).at(-1);
    if (last && !location.hash && last.offsetTop > body.clientHeight / 2) body.scrollTop = last.offsetTop - body.offsetTop - 12;
  }

  function leave(toast, seconds) {
    toast.dataset.leaving = "yes";
    setTimeout(() => { if (!toast.matches(":hover, :focus-within")) toast.remove(); else leave(toast, 3); }, seconds * 1000);
  }

  // The list shows which case is open, also after a swap and with the back button.
  function mark() {
    const open = find("#reader .case")?.dataset.case;
    all("#rows .row-link").forEach((link) => {
      if (link.id === `open-${open}`) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
  }

  // A mail's frame runs nothing, but it may be measured, so it is as high as its mail.
  function fit(frame) {
    const measure = () => {
      const height = frame.contentDocument?.documentElement?.scrollHeight;
      if (height) frame.style.height = `${Math.min(Math.max(height + 4, 80), 4000)}px`;
    };
    frame.addEventListener("load", measure);
    measure();
  }

  // --- clicks -----------------------------------------------------------------------------------
  document.addEventListener("click", (event) => {
    const target = event.target;
    if (!(target instanceof Element)) return;
    if (target.closest("[data-dismiss]")) target.closest(".toast").remove();
    if (target.closest("[data-help]")) find("#help").showModal();
    all("details.drop[open]").forEach((drop) => { if (!drop.contains(target)) drop.open = false; });
    const row = target.closest(".row-link");
    if (row && matchMedia("(min-width: 52.01rem)").matches) row.focus({ preventScroll: true });
  });
  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("form[data-submits]");
    if (form) form.requestSubmit();
  });

  // --- keys -------------------------------------------------------------------------------------
  let waiting = 0;
  const writing = (element) => element.closest('input:not([type="checkbox"], [type="radio"]), textarea, select, [contenteditable]');

  document.addEventListener("keydown", (event) => {
    const here = event.target;
    if (!(here instanceof Element) || event.isComposing) return;
    if (event.key === "Escape") return escape(here);
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") return send(here, event);
    if (event.ctrlKey || event.metaKey || event.altKey || root.dataset.keys === "off") return;
    if (writing(here) || find("dialog[open]")) return;
    const done = performance.now() < waiting ? go(event.key) : act(event.key);
    if (event.key !== "g") waiting = 0;
    if (done) event.preventDefault();
  });

  function escape(here) {
    const drop = here.closest("details.drop[open]");
    if (drop) { drop.open = false; find("summary", drop).focus(); return; }
    if (writing(here)) here.blur();
    if (here.closest("#reply-text")) (find("#h-case"))?.focus();
  }

  function send(here, event) {
    const form = here.closest("form.write");
    if (!form) return;
    const note = find("#mode-note", form).checked;
    const button = find(note ? "[data-note]" : event.shiftKey ? "[data-send-close]" : "[data-send]", form);
    if (button) { event.preventDefault(); button.click(); }
  }

  function go(key) {
    const link = find(`[data-go="${CSS.escape(key)}"]`);
    if (link) link.click();
    return Boolean(link);
  }

  function act(key) {
    if (key === "g") { waiting = performance.now() + 1000; return true; }
    if (key === "j" || key === "ArrowDown") return step(1);
    if (key === "k" || key === "ArrowUp") return step(-1);
    if (key === "o") { const link = find('#rows [aria-current="true"]') || document.activeElement.closest?.(".row-link"); if (link) read(link); return Boolean(link); }
    if (key === "u") return back();
    if (key === "x") return pick();
    const button = all(`[data-key="${CSS.escape(key)}"]`).find((one) => one.offsetParent !== null || one.dataset.to);
    if (!button) return false;
    if (button.matches("input[type=search]")) { button.focus(); button.select(); } else button.click();
    if (button.dataset.to) find(`#${button.dataset.to}`)?.focus();
    return true;
  }

  function step(by) {
    const rows = all("#rows .row-link");
    if (!rows.length) return false;
    if (document.activeElement.closest?.(".case-body") && by && !find("#rows")?.offsetParent) return false;
    const at = rows.findIndex((row) => row === document.activeElement || row.getAttribute("aria-current") === "true");
    const next = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
    next.click();
    if (next === rows.at(-1)) find("#more a")?.click();
    return true;
  }

  function read(link) {
    if (link.getAttribute("aria-current") === "true") { find("#h-case")?.focus(); return; }
    const wait = () => { find("#h-case")?.focus(); document.removeEventListener("htmx:after:swap", wait); };
    document.addEventListener("htmx:after:swap", wait);
    link.click();
  }

  function back() {
    const link = find('#rows [aria-current="true"]');
    const arrow = find(".back");
    if (link?.offsetParent) link.focus(); else arrow?.click();
    return Boolean(link || arrow);
  }

  function pick() {
    const row = document.activeElement.closest?.(".row") || find("#rows [aria-current]")?.closest(".row");
    const box = row && find(".pick input", row);
    if (box) { box.checked = !box.checked; box.dispatchEvent(new Event("change", { bubbles: true })); }
    return Boolean(box);
  }

  // --- news: one tab of a browser holds the stream and tells the others; without it pages poll ---
  const others = "BroadcastChannel" in window ? new BroadcastChannel("tregua") : null;
  const news = () => document.body.dispatchEvent(new CustomEvent("news"));
  const present = () => document.body.dispatchEvent(new CustomEvent("presence"));
  const live = (on) => { root.dataset.live = on ? "on" : "off"; };
  if (others) others.onmessage = (event) => { if (event.data === "news") news(); if (event.data === "presence") present(); live(event.data !== "silent"); };

  function listen() {
    return new Promise(() => {
      let stream;
      const open = () => {
        stream = new EventSource("/events");
        stream.onopen = () => { live(true); others?.postMessage("live"); };
        stream.onerror = () => { live(false); others?.postMessage("silent"); };
        stream.addEventListener("cases", () => { news(); others?.postMessage("news"); });
        stream.addEventListener("presence", () => { present(); others?.postMessage("presence"); });
      };
      open();
      addEventListener("pagehide", () => stream.close());
      addEventListener("pageshow", (event) => { if (event.persisted) open(); });
    });
  }
  if (find("#live") && find("#me-button") && find(".find") && navigator.locks) navigator.locks.request("tregua-live", listen);

  document.addEventListener("DOMContentLoaded", settle);
  if (document.readyState !== "loading") settle();
})();
