/* The behaviour of all pages: keys, requests, focus. Everything works without it, by links and forms. */
(() => {
  "use strict";
  const root = document.documentElement;
  const find = (selector, inside = document) => inside.querySelector(selector);
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  const spanish = root.lang === "es";
  root.dataset.js = "on";

  // --- htmx: the token of every request, loading marks, toasts that go away ---------------------
  const token = () => find('meta[name="csrf"]')?.content || "";
  // What a page asks by itself shows nothing: no marks, no complaints, no form where the session has ended.
  const asksByItself = (ctx) => ctx?.sourceElement?.matches?.('[hx-trigger*="every "], [hx-trigger*="news "]');
  document.addEventListener("htmx:config:request", (event) => {
    const { ctx } = event.detail, source = ctx.sourceElement, { headers } = ctx.request;
    // What is pressed twice is sent once.
    if (source.matches(":is(form, button, #more a).htmx-request")) { event.preventDefault(); return; }
    headers["X-CSRF-Token"] = find('input[name="csrf"]', source)?.value || token();
    if (asksByItself(ctx)) { headers["X-Quiet"] = "yes"; ctx.asked = source.getAttribute("hx-get"); }
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.getAttribute("method") !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    // An answer can be a file, so the page may stay.
    setTimeout(() => { delete form.dataset.sent; }, 3000);
  });
  addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => { delete form.dataset.sent; }));
  document.addEventListener("htmx:before:swap", (event) => {
    const { ctx } = event.detail, { target, text, response } = ctx;
    // What stands before the server has pages of its own for when it is away: they are shown nowhere.
    if (response?.status >= 500 && !response.headers.has("HX-Retarget")) { event.preventDefault(); complain(event); return; }
    if (!asksByItself(ctx)) return;
    const isKnown = target?.matches?.(".news-bar") && (text || "").trim() === target.innerHTML.trim();
    // It was asked about what was shown then: what is shown meanwhile is no news.
    const isLate = ctx.asked !== ctx.sourceElement.getAttribute("hx-get");
    if (isKnown || isLate || response.status === 401) event.preventDefault();
  });
  // Of two answers the one that knows more of the case is the later one, whichever comes last.
  const version = (inside) => Number(find("[data-version]", inside)?.dataset.version);
  document.addEventListener("htmx:before:swap", ({ detail: { tasks } }) => {
    const isOld = tasks.some(({ target, fragment }) => target?.id?.startsWith("case-header-") && version(fragment) < version(target));
    if (isOld) tasks.splice(0, tasks.length, ...tasks.filter(({ target }) => !/^(case-(header|thread|side)|row)-/.test(target?.id)));
  });
  document.addEventListener("signedin", (event) => {
    const fresh = event.detail?.csrf || event.detail?.value?.csrf;
    if (!fresh) return;
    find('meta[name="csrf"]').content = fresh;
    all('input[name="csrf"]').forEach((field) => { field.value = fresh; });
    find("#alerts").replaceChildren();
  });

  // What takes longer than a moment is marked as busy until the last answer to it is there or will not come.
  // Where toasts are told is never busy: what is busy may be passed over in silence.
  const MOMENT = 150, loads = new WeakMap(), ends = new WeakMap();
  function load(one, by) {
    const now = (loads.get(one) || 0) + by;
    loads.set(one, now);
    if (now) one.setAttribute("aria-busy", "true"); else one.removeAttribute("aria-busy");
  }
  document.addEventListener("htmx:before:request", (event) => {
    const { ctx } = event.detail;
    if (asksByItself(ctx)) return;
    const some = new Set([ctx.target, ctx.sourceElement].filter((one) => one instanceof Element && !one.matches(".toasts, body")));
    let marked = false;
    const timer = setTimeout(() => { marked = true; some.forEach((one) => load(one, 1)); }, MOMENT);
    ends.set(ctx, () => { clearTimeout(timer); if (marked) some.forEach((one) => load(one, -1)); });
  });
  document.addEventListener("htmx:finally:request", (event) => ends.get(event.detail.ctx)?.());
  document.addEventListener("htmx:error", complain);

  function toast(place, text, seconds) {
    const made = document.createElement("div");
    made.className = "toast";
    made.textContent = text;
    find(place).replaceChildren(made);
    leave(made, seconds);
    return made;
  }
  document.addEventListener("toast", (event) => toast("#toasts", event.detail, 4));

  function complain(event) {
    const ctx = event.detail?.ctx, source = ctx?.sourceElement, pressed = ctx?.request?.submitter;
    if (asksByItself(ctx)) return;
    const made = toast("#alerts", spanish ? "Sin conexión. Tu texto sigue aquí; inténtalo otra vez." : "No connection. Your text is still here; try again.", 30);
    made.classList.add("is-bad");
    if (!source?.matches?.("a, button, form")) return;
    const again = document.createElement("button");
    again.className = "button is-small";
    again.textContent = spanish ? "Reintentar" : "Try again";
    // Sent as it was meant: the button that was pressed says what is to be done besides.
    again.addEventListener("click", () => { made.remove(); if (source.matches("form")) source.requestSubmit(pressed?.isConnected ? pressed : null); else source.click(); });
    made.append(" ", again);
  }

  // --- focus: never lost, and never taken from somebody by what happens elsewhere -----------------
  // What closes around the focus gives it back to what opened it.
  let inside = "";
  document.addEventListener("focusin", (event) => {
    inside = event.target.closest("details.drop")?.id || "";
    const again = event.target.closest("#sign-in-again"), me = find("[data-me]")?.dataset.me;
    // Who was signed in is known: only the password is asked for.
    if (again && me && event.target.name === "address" && !event.target.value) { event.target.value = me; find("[name=password]", again).focus(); }
  });

  // Before a swap: who has the focus, and what comes next if that goes.
  const before = new WeakMap();
  document.addEventListener("htmx:before:swap", (event) => {
    const { ctx, tasks } = event.detail, here = document.activeElement, line = here?.closest("#rows > li");
    before.set(ctx, {
      held: here !== document.body,
      own: ctx.sourceElement?.contains?.(here),
      reader: here?.closest("#reader"),
      line: line?.previousElementSibling,
      places: "debug" in root.dataset && tasks.map((task) => task.target?.id || task.target).join(", "),
    });
  });

  function settle(event) {
    mark();
    see();
    end();
    all(".toast[data-seconds]:not([data-leaving])").forEach((toast) => leave(toast, Number(toast.dataset.seconds)));
    all("iframe.mail-frame:not([style])").forEach(fit);
    rescue(before.get(event?.detail?.ctx));
  }
  document.addEventListener("htmx:after:swap", settle);

  function rescue(was) {
    const here = document.activeElement;
    if (here && here !== document.body && here.checkVisibility()) return;
    // Who presses what then goes expects it to; what goes from under somebody's hands is a mistake of the page.
    if (was?.places && was.held && !was.own) console.warn(`The focus fell to the page after a swap of ${was.places}`);
    const rest = [find('#rows [aria-current="true"]'), find("#h-case")];
    [
      // The page's own wish would come too late: who has the focus then keeps it.
      find('#main :is([aria-invalid="true"], [autofocus])'),
      choices(find("details.drop[open]") || document.head)[0],
      inside && find(`#${inside} > summary`),
      was?.line && find(".row-link", was.line.nextElementSibling || was.line),
      ...(was?.reader ? rest.reverse() : rest),
      find("#main"),
    ].find((one) => one && one.checkVisibility())?.focus({ preventScroll: true });
  }

  // A case is read once somebody has it before them: never because a browser fetched it.
  function see() {
    const open = find("#reader .case[data-unseen]");
    if (!open || document.hidden || document.prerendering) return;
    open.removeAttribute("data-unseen");
    const row = find(`#row-${open.dataset.case}`);
    row?.classList.remove("is-unread");
    if (row) find(".unread", row)?.remove();
    const again = () => open.setAttribute("data-unseen", "");
    fetch(`/cases/${open.dataset.case}/sight`, { method: "POST", headers: { "X-CSRF-Token": token(), "X-Quiet": "typed" } }).then((answer) => { if (!answer.ok) again(); }, again);
  }
  document.addEventListener("visibilitychange", see);
  document.addEventListener("prerenderingchange", see);

  // A case opens at what a person said last.
  function end() {
    const body = find(".case-body:not([data-ended])");
    if (!body) return;
    body.dataset.ended = "yes";
    const last = find("[data-starts]", body);
    if (!last || location.hash) return;
    // On a narrow screen the header goes along, so what scrolls lies one step further out.
    const around = body.scrollHeight > body.clientHeight ? body : body.parentElement;
    const below = last.getBoundingClientRect().top - around.getBoundingClientRect().top;
    if (below > around.clientHeight / 2) around.scrollTop += below - 12;
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
    const page = frame.contentDocument?.documentElement, around = frame.closest(".case-body, .case-scroll");
    if (!page?.scrollHeight) return;
    // A page is never lower than its frame, so the frame is made low to be measured.
    const top = around?.scrollTop;
    frame.style.height = "0";
    frame.style.height = `${Math.min(Math.max(page.scrollHeight + 4, 48), 4000)}px`;
    if (around) around.scrollTop = top;
  }
  document.addEventListener("load", (event) => { if (event.target.matches?.("iframe.mail-frame")) fit(event.target); }, true);
  document.addEventListener("toggle", (event) => all("iframe.mail-frame", event.target).forEach(fit), true);

  // --- clicks -----------------------------------------------------------------------------------
  document.addEventListener("click", (event) => {
    const target = event.target;
    if (!(target instanceof Element)) return;
    if (target.closest("[data-dismiss]")) { target.closest(".toast").remove(); rescue(); }
    const shows = target.closest("[data-show]"), hidden = shows && find(`#${shows.dataset.show}`);
    if (hidden) { hidden.type = hidden.type === "password" ? "text" : "password"; shows.setAttribute("aria-pressed", String(hidden.type === "text")); }
    if (target.closest("[data-pick]")) choose(find("#rows .pick input:not(:checked)") ? "a" : "n");
    if (target.matches(".pick input")) range(target, event.shiftKey);
    if (target.closest("[data-help]")) find("#help").showModal();
    if (target.closest("[data-palette]") && find("#palette")) { event.preventDefault(); palette(); }
    all("details.drop[open]").forEach((drop) => { if (!drop.contains(target)) drop.open = false; });
    const row = target.closest(".row-link");
    if (row && matchMedia("(min-width: 52.01rem)").matches) row.focus({ preventScroll: true });
    // Enter: a click that no pointer made.
    if (row && event.isTrusted && !event.detail && !event.ctrlKey && !event.metaKey && !event.shiftKey) { if (row.getAttribute("aria-current")) find("#h-case")?.focus(); else toHeading(row); }
  });
  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("form[data-submits]");
    if (form) form.requestSubmit();
    if (event.target.closest?.(".pick")) find("#chosen").textContent = all("#rows .pick :checked").length;
  });

  // --- some of many: narrowed by words; the summary says what is chosen -------------------------
  const bare = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  document.addEventListener("toggle", ({ target }) => {
    const words = find("[data-many] > details[open] > p > [type=search]", target.parentElement);
    if (words) { words.hidden = false; words.focus(); }
  }, true);
  document.addEventListener("input", ({ target }) => {
    const many = target.closest("[data-many]");
    if (!many) return;
    if (target.type === "search") all("li", many).forEach((one) => { one.hidden = !bare(one.textContent).includes(bare(target.value)); });
    else find("summary", many).textContent = all(":checked", many).map((one) => one.parentElement.textContent.trim()).join(", ") || many.dataset.many;
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Enter" && event.target.matches("[data-many] [type=search]")) event.preventDefault(); });

  // --- keys -------------------------------------------------------------------------------------
  let waiting = 0, first = "";
  const keymap = JSON.parse(root.dataset.keymap || "{}");

  // The key as it was shipped, whatever somebody chose instead of it.
  function shipped(key) {
    const meant = Object.keys(keymap).find((one) => keymap[one] === key);
    return meant || (key in keymap ? "" : key);
  }
  const writing = (element) => element.closest('input:not([type="checkbox"], [type="radio"]), textarea, select, [contenteditable]');

  document.addEventListener("keydown", (event) => {
    const here = event.target;
    if (!(here instanceof Element) || event.isComposing) return;
    if (event.key === "Escape") return escape(here);
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") return send(here, event);
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && find("#palette")) { event.preventDefault(); return palette(); }
    if (event.ctrlKey || event.metaKey || event.altKey || root.dataset.keys === "off") return;
    if (writing(here) || find("dialog[open]")) return;
    if (along(here, event.key)) return event.preventDefault();
    const key = shipped(event.key);
    const done = performance.now() < waiting ? (first === "*" ? choose(key) : go(key)) : act(key);
    if (key !== "g" && key !== "*") waiting = 0;
    if (done) event.preventDefault();
  });

  function escape(here) {
    const drop = here.closest("details.drop[open]");
    if (drop) { drop.open = false; find("summary", drop).focus(); return; }
    if (here.closest("#reply-text")) { find("#h-case")?.focus(); return; }
    if (writing(here)) here.blur();
    else if (here.closest("#reader .case") && !find("dialog[open], :popover-open")) back();
  }

  // What would open beyond the right edge keeps to it, from the first frame in which it is seen.
  function place() {
    const drop = find("details.drop[open]"), panel = drop && find(".drop-panel", drop), edge = root.clientWidth - 8;
    if (panel && panel.getBoundingClientRect().right > edge) {
      panel.style.left = "auto";
      panel.style.right = `${drop.getBoundingClientRect().right - edge}px`;
    }
  }
  document.addEventListener("toggle", place, true);
  // A summary opens after its click was told, and what is within may come later.
  ["click", "htmx:after:swap"].forEach((name) => document.addEventListener(name, () => requestAnimationFrame(place)));
  // What is open is gone through with the arrows; its first choice has the focus.
  const choices = (drop) => all(".drop-panel :is(a, button, input, select)", drop).filter((one) => one.offsetParent && one.type !== "hidden");
  function along(here, key) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[key], drop = by && here.closest("details.drop[open]");
    if (!drop) return false;
    const some = choices(drop);
    some[(some.indexOf(here) + by + some.length) % some.length]?.focus();
    return true;
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
    if (key === "g" || key === "*") { waiting = performance.now() + 1000; first = key; return true; }
    if (key === "j" || key === "ArrowDown") return step(1);
    if (key === "k" || key === "ArrowUp") return step(-1);
    if (key === "o") { const link = find('#rows [aria-current="true"]') || document.activeElement.closest?.(".row-link"); if (link) read(link); return Boolean(link); }
    if (key === "u") return back();
    if (key === "n" || key === "p") return message(key === "n" ? 1 : -1);
    if (key === "x") return pick();
    if (key === "J" || key === "K") return extend(key === "J" ? 1 : -1);
    if ((key === "[" || key === "]") && find("#reader .case")) return step(key === "[" ? 1 : -1, true);
    const button = all(`[data-key="${CSS.escape(key)}"]`).find((one) => one.offsetParent !== null || one.dataset.to);
    if (!button) return false;
    if (button.matches("input[type=search]")) { button.focus(); button.select(); } else button.click();
    if (button.dataset.to) write(find(`#${button.dataset.to}`));
    if (button.matches("summary")) { place(); (choices(button.parentElement)[0] || button).focus(); }
    return true;
  }

  // Whoever comes back to a text goes on at its end.
  function write(goal) {
    goal?.focus();
    if (goal?.matches("textarea")) goal.setSelectionRange(goal.value.length, goal.value.length);
  }

  function step(by, reading) {
    const rows = all("#rows .row-link");
    if (!rows.length) return amongResults(by);
    if (!reading && document.activeElement.closest?.(".case-body") && by && !find("#rows")?.offsetParent) return false;
    // Where somebody is comes before what is shown: it may still be on its way.
    const focused = rows.indexOf(document.activeElement);
    const at = focused < 0 ? rows.findIndex((row) => row.getAttribute("aria-current") === "true") : focused;
    const next = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
    if (next.offsetParent) next.focus();
    next.scrollIntoView({ block: "nearest" });
    next.click();
    if (next === rows.at(-1)) find("#more a")?.click();
    return true;
  }

  // What a search found is gone through; Enter opens it.
  function amongResults(by) {
    const found = all(".is-found .row-link"), at = found.indexOf(document.activeElement);
    const next = found[Math.min(Math.max(at + by, 0), found.length - 1)];
    next?.focus();
    return Boolean(next);
  }

  // From message to message; one that is folded opens, since somebody wants to read it.
  function message(by) {
    const heads = all("#reader .message > .message-head");
    const at = heads.indexOf(document.activeElement.closest?.(".message")?.querySelector(".message-head"));
    const head = heads[at < 0 ? (by > 0 ? 0 : heads.length - 1) : Math.min(Math.max(at + by, 0), heads.length - 1)];
    if (!head) return false;
    head.parentElement.open = true;
    head.focus();
    head.scrollIntoView({ block: "start", behavior: "instant" });
    return true;
  }

  // Who opens a case to read it goes on at its heading, once it is there.
  let opened = null;
  const toHeading = (link) => { opened = link; };
  document.addEventListener("htmx:after:swap", (event) => { if (opened && event.detail.ctx.sourceElement === opened) find("#h-case")?.focus(); });
  document.addEventListener("htmx:finally:request", (event) => { if (event.detail.ctx.sourceElement === opened) opened = null; });

  function read(link) {
    if (link.getAttribute("aria-current") === "true") { find("#h-case")?.focus(); return; }
    toHeading(link);
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

  // Ticks the row and the one that is gone to.
  function extend(by) {
    const rows = all("#rows .row");
    const here = rows.indexOf(document.activeElement.closest?.(".row") || find("#rows [aria-current]")?.closest(".row"));
    const there = rows[Math.min(Math.max(here + by, 0), rows.length - 1)];
    [rows[here], there].forEach((row) => { if (row) tick(row, true); });
    find(".row-link", there || document)?.focus();
    return rows.length > 0;
  }

  // With the shift key all rows between the last one and this one become as this one is.
  let last;
  function range(box, between) {
    const rows = all("#rows .row"), ends = [last, box].map((one) => rows.indexOf(one?.closest(".row"))).sort((a, b) => a - b);
    last = box;
    if (between && ends[0] >= 0) rows.slice(ends[0], ends[1] + 1).forEach((row) => tick(row, box.checked));
  }

  function tick(row, on) {
    const box = find(".pick input", row);
    if (box && box.checked !== on) { box.checked = on; box.dispatchEvent(new Event("change", { bubbles: true })); }
  }

  function choose(key) {
    if (key !== "a" && key !== "n") return false;
    all("#rows .row").forEach((row) => tick(row, key === "a"));
    return true;
  }

  // --- commands: one window for everything, with the keys beside -----------------------------------
  function palette() {
    const input = find("#palette-input");
    if (find("#palette").open) return find("#palette").close();
    all("dialog[open]").forEach((dialog) => dialog.close());
    input.value = "";
    find("#palette").showModal();
    input.dispatchEvent(new CustomEvent("opened", { bubbles: true }));
  }

  const options = () => all("#palette-list .option");
  function point(at) {
    options().forEach((option, n) => option.setAttribute("aria-selected", String(n === at)));
    const option = options()[at];
    option?.scrollIntoView({ block: "nearest" });
    find("#palette-input").setAttribute("aria-activedescendant", option?.id || "");
  }

  function run(option) {
    if (!option || option.hasAttribute("aria-disabled")) return;
    find("#palette").close();
    if (option.dataset.href) location.assign(option.dataset.href);
    else if (option.dataset.opens) find(option.dataset.opens)?.click();
    else if (option.dataset.press.includes(" ")) choose(option.dataset.press.at(-1));
    else act(option.dataset.press);
  }

  find("#palette")?.addEventListener("keydown", (event) => {
    const at = options().findIndex((option) => option.getAttribute("aria-selected") === "true");
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) point((at + by + options().length) % options().length);
    else if (event.key === "Enter") run(options()[at]);
    else return;
    event.preventDefault();
  });
  find("#palette")?.addEventListener("click", (event) => {
    if (event.target === find("#palette")) find("#palette").close();
    run(event.target.closest(".option"));
  });
  document.addEventListener("htmx:after:swap", () => { if (find("#palette[open]")) find("#palette-input").setAttribute("aria-activedescendant", "option-0"); });

  // --- the next case is fetched while this one is read, and shown at once when it is asked for ------
  const ahead = new Map();
  const FRESH = 10000;
  const asked = { headers: { "HX-Request": "true", "HX-Request-Type": "partial", "X-Ahead": "yes", "X-Quiet": "yes" } };
  function fetchAhead() {
    const rows = all("#rows .row-link"), at = rows.findIndex((row) => row.getAttribute("aria-current") === "true");
    const path = at < 0 ? "" : rows[at + 1]?.getAttribute("hx-get");
    if (!path || ahead.has(path) || navigator.connection?.saveData || document.hidden) return;
    ahead.set(path, fetch(path, asked).catch(() => null));
    setTimeout(() => ahead.delete(path), FRESH);
  }
  document.addEventListener("htmx:config:request", (event) => {
    const { ctx } = event.detail, path = ctx.sourceElement?.getAttribute?.("hx-get");
    const kept = ctx.sourceElement?.matches?.(".row-link") && ahead.get(path);
    if (!kept) return;
    ahead.delete(path);
    ctx.fetch = async (...request) => {
      const { signal } = request[1];
      // Whoever goes on to another case meanwhile must not get this one over it.
      const off = new Promise((_done, stop) => signal.addEventListener("abort", () => stop(signal.reason)));
      const answer = await Promise.race([kept, off]);
      return answer?.ok ? answer : fetch(...request);
    };
  });
  const lookAhead = () => (window.requestIdleCallback || setTimeout)(fetchAhead, { timeout: 800 });
  document.addEventListener("htmx:after:swap", (event) => { if (!asksByItself(event.detail.ctx)) lookAhead(); });
  lookAhead();

  // A closed case makes room for the next one, or for the list, as its agent likes it.
  document.addEventListener("settled", (event) => {
    if (find("#reader .case")?.dataset.case !== String(event.detail.case)) return;
    if (root.dataset.after === "next") step(1, true);
    if (root.dataset.after === "list") back();
  });

  // A menu of icons says its words to who points at them.
  all(".side a:not([title])").forEach((link) => { link.title = find("span", link)?.textContent || ""; });

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", settle); else settle();
  // Who comes by an address finds in the list where they are.
  find('#rows [aria-current="true"]')?.scrollIntoView({ block: "nearest" });
})();
