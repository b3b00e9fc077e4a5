/* Whom a mail goes to: each address a chip. The form keeps one field with all of them, as without scripts. */
(() => {
  "use strict";
  const words = document.documentElement.lang === "es"
    ? { off: "Quitar", mend: "Corregir", on: "Añadido", gone: "Quitado", wrong: "Esto no es una dirección de correo", many: "No caben más direcciones" }
    : { off: "Take off", mend: "Correct", on: "Added", gone: "Taken off", wrong: "This is no e-mail address", many: "There is no room for more addresses" };
  const MOST = 50, LONGEST = 5000, BETWEEN = /[,;\n\t]/;
  const ADDRESS = /^[\w!#$%&'*+/=?^`{|}~.-]{1,64}@[^\s@<>()",;:\\]{1,190}$/;

  // As the server reads them, so that what is marked here is what it would refuse.
  const addressIn = (piece) => (piece.endsWith(">") ? piece.slice(piece.lastIndexOf("<") + 1, -1) : piece).trim();
  const isRight = (piece) => { const one = addressIn(piece), end = one.length - one.lastIndexOf("."); return ADDRESS.test(one) && end > 2 && end < one.length - one.indexOf("@"); };

  // A comma within quotes belongs to a name; where all words are addresses, spaces part them too.
  function piecesOf(text) {
    const whole = text.replace(/"([^"]*)"/g, (_all, name) => name.replace(/[,;]/g, "")).replace(/>/g, ">,");
    return whole.split(BETWEEN).map((piece) => piece.trim()).filter(Boolean).flatMap((piece) => {
      const parts = piece.split(/\s+/);
      return parts.every(isRight) ? parts : [piece];
    });
  }

  function dress(box) {
    const [field, frame, note] = ["input", "span", "span"].map((name) => document.createElement(name));
    const usual = box.placeholder, icons = document.querySelector("use").getAttribute("href").split("#")[0];
    let chips = [], drawn = null, refused = box.hasAttribute("aria-invalid");
    Object.assign(field, { type: "hidden", name: box.name, value: box.value });
    Object.assign(note, { id: `${box.id}-note`, ariaLive: "polite" });
    Object.assign(frame, { className: "chips", role: "group", ariaLabel: box.labels[0].textContent });
    box.removeAttribute("name");
    box.replaceWith(frame);
    frame.append(box, field);
    frame.after(note);

    const buttons = () => [...frame.querySelectorAll("button")];
    const said = (pieces) => pieces.map(addressIn).join(", ");
    const say = (text, seen) => { note.textContent = text; note.className = seen ? "refusal is-whole" : "visually-hidden"; };

    function draw() {
      buttons().forEach((button) => button.remove());
      box.before(...chips.map(chip));
      box.placeholder = chips.length ? "" : usual;
      // What the server said of the field stands until something is changed there.
      if (refused) return;
      const wrong = chips.filter((piece) => !isRight(piece));
      box.ariaInvalid = wrong.length ? "true" : null;
      if (wrong.length) box.setAttribute("aria-describedby", note.id); else box.removeAttribute("aria-describedby");
      say(wrong.length ? `${words.wrong}: ${said(wrong)}` : "", wrong.length);
    }

    function chip(piece) {
      const right = isRight(piece), button = document.createElement("button"), text = document.createElement("span");
      const does = `${right ? words.off : words.mend}: ${piece}`;
      Object.assign(button, { type: "button", tabIndex: -1, className: `chip is-button ${right ? "" : "is-danger"}`, title: does, ariaLabel: does });
      button.innerHTML = `<svg class="icon" aria-hidden="true"><use href="${icons}#i-${right ? "x" : "circle-alert"}"></use></svg>`;
      text.textContent = piece.replace(/ *<([^<]*)>$/, " · $1");
      button.prepend(text);
      return button;
    }

    function keep() {
      const all = [...chips, box.value.trim()].filter(Boolean).join(", ");
      // Never cut within an address: it could become another one.
      drawn = field.value = all.length > LONGEST ? chips.join(", ") : all;
    }

    // The form hears of it as of typing, so that it is saved.
    function change() {
      refused = false;
      draw();
      keep();
      // All without anybody else is an answer: the server would take "all" for everybody again.
      if (field.name === "cc" && !field.value && field.form.elements.mode?.value === "all") ["mode-answer", "show-people"].forEach((id) => { document.getElementById(id).checked = true; });
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }

    function take(text) {
      const known = (piece) => chips.some((one) => addressIn(one).toLowerCase() === addressIn(piece).toLowerCase());
      const pieces = piecesOf(text), room = () => chips.length < MOST && chips.join(", ").length < LONGEST - 400;
      while (pieces.length && room()) { const piece = pieces.shift(); if (!known(piece)) chips.push(piece); }
      box.value = pieces.join(", ");
      change();
      if (pieces.length) say(`${words.many}.`, true); else if (!note.textContent) say(`${words.on}: ${said(piecesOf(text))}`);
    }

    function drop(at) {
      const [piece] = chips.splice(at, 1);
      change();
      if (!note.textContent) say(`${words.gone}: ${addressIn(piece)}`);
      return piece;
    }

    // What other scripts write into the field is shown, too.
    function read() {
      if (field.value === drawn) return;
      chips = piecesOf(field.value);
      box.value = "";
      drawn = field.value;
      draw();
    }
    new MutationObserver(read).observe(field, { attributes: true });
    read();

    box.addEventListener("input", (event) => {
      const text = box.value, quotes = text.split('"').length - 1;
      if (event.isComposing) return;
      if (quotes % 2 === 0 && (BETWEEN.test(text) || text.endsWith(">") || (text.endsWith(" ") && isRight(text.trim())))) take(text); else keep();
    });
    box.addEventListener("blur", () => { if (box.value.trim()) take(box.value); });
    box.addEventListener("paste", (event) => {
      const text = event.clipboardData.getData("text"), whole = box.value.slice(0, box.selectionStart) + text + box.value.slice(box.selectionEnd);
      if (!BETWEEN.test(text.trim()) && !piecesOf(whole).every(isRight)) return;
      event.preventDefault();
      take(whole);
    });
    box.addEventListener("keydown", (event) => {
      const last = !box.selectionEnd && buttons().at(-1), { key } = event;
      // Enter ends an address here; it sends nothing.
      if (key === "Enter" && !event.ctrlKey && !event.metaKey && !event.isComposing) { if (box.value.trim()) take(box.value); }
      else if (key === "Backspace" && last && !event.repeat) drop(chips.length - 1);
      else if (key === "ArrowLeft" && last) last.focus();
      else return;
      event.preventDefault();
    });
    // Whoever presses a chip leaves nothing: what is half typed stays.
    frame.addEventListener("mousedown", (event) => { if (event.target !== box) event.preventDefault(); });
    frame.addEventListener("click", (event) => {
      const at = buttons().indexOf(event.target.closest("button")), wrong = at >= 0 && !isRight(chips[at]);
      if (wrong && box.value.trim()) take(box.value);
      const piece = at >= 0 && drop(at);
      if (wrong) { box.value = piece; keep(); }
      box.focus();
    });
    frame.addEventListener("keydown", (event) => {
      const some = buttons(), at = some.indexOf(event.target), { key } = event;
      if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
      const goal = { ArrowLeft: some[at - 1] || some[0], ArrowRight: some[at + 1] || box, Home: some[0], End: box }[key];
      if (goal) { event.preventDefault(); goal.focus(); }
      else if (key === "Backspace" || key === "Delete") { event.preventDefault(); drop(at); (buttons()[at] || box).focus(); }
      else if (key.length === 1 && key !== " ") box.focus();
      // On a chip, too, letters are text and no commands.
      if (goal || key.length === 1) event.stopPropagation();
    });
  }

  const begin = () => document.querySelectorAll("input[data-people][name]").forEach(dress);
  document.addEventListener("htmx:after:swap", begin);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin); else begin();
})();
