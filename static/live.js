/* What happens elsewhere: news, colleagues in the case, and how often and in what words it is told. */
(() => {
  "use strict";
  const root = document.documentElement;
  const find = (selector, inside = document) => inside.querySelector(selector);
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];

  // What comes in a burst is done once now and once when the pause is over.
  function seldom(act, pause) {
    let last = -pause, timer = 0;
    return () => {
      timer ||= setTimeout(() => { timer = 0; last = performance.now(); act(); }, Math.max(0, last + pause - performance.now()));
    };
  }

  // --- said: what changed by itself, all of it in one sentence, and not more than one in five seconds -------
  // What somebody did themselves is answered by toasts, which are told at once.
  const PACE = 5000, GATHERED = 400;
  const words = (one) => one.textContent.split(" · ")[0].replace(/\s+/g, " ").trim();
  const told = () => new Map(all("[data-tells]").map((one) => [one.id, words(one)]));
  let known = told(), waiting = new Map(), saidAt = -PACE, saying = 0;

  function gather() {
    const now = told();
    for (const [id, text] of now) if (text !== (known.get(id) ?? "")) waiting.set(id, text);
    // What is no longer so, or no longer shown, is not told either.
    for (const id of waiting.keys()) if (!now.get(id)) waiting.delete(id);
    known = now;
    if (waiting.size) saying ||= setTimeout(say, Math.max(GATHERED, saidAt + PACE - performance.now()));
  }

  function say() {
    const place = find("#told");
    saying = 0;
    if (!waiting.size || !place) return;
    place.textContent = [...waiting.values()].join(". ");
    waiting.clear();
    saidAt = performance.now();
    // The same may be said again, and whoever reads to the end of the page finds nothing old there.
    setTimeout(() => { place.textContent = ""; }, PACE - GATHERED);
  }
  document.addEventListener("htmx:after:swap", gather);

  // --- news: one tab of a browser holds the stream and tells the others; without it pages poll --------------
  const others = "BroadcastChannel" in window ? new BroadcastChannel("tregua") : null;
  const me = find("[data-me]")?.dataset.me, token = find('meta[name="csrf"]');
  const AGAIN = 30000;
  const tell = (name) => document.body.dispatchEvent(new CustomEvent(name));
  const news = seldom(() => tell("news"), 2000), present = () => tell("presence");
  let stream = null;

  function hear(what) {
    root.dataset.live = what === "silent" ? "off" : "on";
    if (what === "news") news();
    if (what === "presence") present();
  }
  function spread(what) { hear(what); others?.postMessage(what); }

  // Who signs in again in one tab has done so in all of them.
  function share() { if (me) others?.postMessage({ me, csrf: token.content }); }
  function adopt(from) {
    if (me && from.me === me && from.csrf !== token.content) document.dispatchEvent(new CustomEvent("signedin", { detail: { csrf: from.csrf } }));
  }
  if (others) {
    others.onmessage = ({ data }) => {
      if (data.me) adopt(data);
      else if (data !== "asked") hear(data);
      else if (stream) others.postMessage(stream.readyState === EventSource.OPEN ? "live" : "silent");
    };
    others.postMessage("asked");
    share();
    document.addEventListener("signedin", share);
  }

  function listen() {
    const open = () => {
      if (stream && stream.readyState !== EventSource.CLOSED) return;
      const mine = stream = new EventSource("/events");
      mine.onopen = () => spread("live");
      mine.onerror = () => {
        spread("silent");
        // Browsers come back by themselves where the connection broke, but not where it was refused.
        if (mine.readyState === EventSource.CLOSED) setTimeout(open, AGAIN * (1 + Math.random()));
      };
      mine.addEventListener("cases", () => spread("news"));
      mine.addEventListener("presence", () => spread("presence"));
    };
    open();
    addEventListener("pagehide", () => stream.close());
    addEventListener("pageshow", (event) => { if (event.persisted) open(); });
    document.addEventListener("signedin", open);
    return new Promise(() => {});
  }
  if (find("#live") && me && find(".find") && navigator.locks) navigator.locks.request("tregua-live", listen);

  // --- colleagues: told while the page is seen, shown when somebody else comes or writes --------------------
  const SETTLED = 300, BEAT = 15000, WRITES = 60000, TYPES = 8000;
  const asked = { "HX-Request": "true", "HX-Request-Type": "partial" };
  const path = () => find("form.write[data-write]")?.dataset.write || "";
  let here = "", doing = "", beat = 0, typed = -WRITES, arriving = 0;

  // A beat is no sign of life, since nobody did anything.
  function be(what, { keepalive = false, beats = false } = {}) {
    const data = new URLSearchParams({ doing: what });
    if (doing === "writing" && what !== "writing") data.set("wrote", "1");
    const headers = { ...asked, "X-Quiet": beats ? "yes" : "typed", "X-CSRF-Token": token.content };
    doing = what;
    beat = performance.now();
    fetch(`${here}/presence`, { method: "POST", body: data, keepalive, headers }).catch(() => { beat = 0; });
  }
  function leave(keepalive) {
    clearTimeout(arriving);
    if (here) be("", { keepalive });
    here = "";
  }
  function enter(what) {
    const now = path();
    if (now !== here) leave();
    here = now;
    if (here && doing !== what) be(what);
  }
  // Who goes through the list looks at where they come to rest.
  function arrive() {
    clearTimeout(arriving);
    if (!document.hidden) arriving = setTimeout(settle, SETTLED);
  }

  function settle() {
    if (path() !== here) enter("viewing");
    if (all(".here").some((one) => !looked.has(one.id))) look();
  }

  let turn = 0, looked = new Set();
  const look = seldom(async () => {
    const mine = ++turn;
    looked = new Set(all(".here").map((one) => one.id));
    const cases = new Set([...looked].map((id) => id.replace(/\D+/g, "")));
    if (!cases.size || document.hidden) return;
    const address = `/presence?cases=${[...cases].slice(0, 120).join(",")}`;
    // Without an answer the faces stay: the next look comes in half a minute.
    const answer = await fetch(address, { headers: { ...asked, "X-Quiet": "yes" } }).catch(() => null);
    const page = answer?.ok && await answer.text();
    if (typeof page !== "string" || mine !== turn) return;
    const made = document.createElement("template");
    made.innerHTML = page;
    const seen = new Map(all("hx-partial", made.content).map((part) => [part.getAttribute("hx-target").slice(1), part.innerHTML.trim()]));
    for (const place of all(".here")) {
      const faces = seen.get(place.id) || "";
      if (place.innerHTML.trim() !== faces) place.innerHTML = faces;
    }
    gather();
  }, 1000);

  document.addEventListener("input", (event) => {
    if (event.target.id !== "reply-text") return;
    typed = performance.now();
    if (doing !== "writing" || here !== path()) enter("writing");
    else if (typed - beat > TYPES) be("writing");
  });
  document.addEventListener("focusout", (event) => { if (event.target.id === "reply-text" && doing === "writing" && here === path()) be("viewing"); });
  document.addEventListener("visibilitychange", () => { if (document.hidden) leave(true); else arrive(); });
  addEventListener("pagehide", () => leave(true));
  addEventListener("pageshow", (event) => { if (event.persisted) arrive(); });
  setInterval(() => {
    // Whose hands rest is not writing, wherever the focus is: bots wait for who writes.
    const still = doing === "writing" && performance.now() - typed > WRITES ? "viewing" : doing;
    if (here && !document.hidden && performance.now() - beat > BEAT) be(still, { beats: true });
  }, 5000);
  setInterval(look, 30000);
  document.body.addEventListener("presence", look);
  document.addEventListener("htmx:after:swap", arrive);
  arrive();
})();
