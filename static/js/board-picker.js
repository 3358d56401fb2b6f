// Makes a combobox (ARIA 1.2, editable, with a list) of the plain board select. The select stays in the form, hidden,
// and keeps the value: it is what is sent, and it says "change" when another board is chosen.

const ROOT = "#picker";
let last = 0;

// One sign of text as it is compared: without accents and case, as postpeer_dash/web/text.py folds it.
// What is written for a typewriter's apostrophe, quotation mark and hyphen is one with it; what draws nothing is left
// out.
const APOSTROPHES =
  /[\u2018-\u201b\u02b9\u02bb-\u02bf\u02c8\u02ca\u02cb\u2032\u2035\u2039\u203a\u00b4\u0060\u055a\ua78c\uff07]/gu;
const QUOTES =
  /[\u201c-\u201f\u00ab\u00bb\u2033\u2036\u301d-\u301f\u02ba\u02dd\u275d\u275e\uff02]/gu;
const HYPHENS =
  /[\u2010-\u2015\u2043\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d\u301c\u3030\u058a\u05be]/gu;
const UNSEEN = /[\p{Mn}\p{Cf}\p{Cc}\u115f\u1160\u3164\uffa0\u2800]/gu;
const typewriter = (text) =>
  text.replace(APOSTROPHES, "'").replace(QUOTES, '"').replace(HYPHENS, "-").replace(/[\u2044\u2215]/gu, "/");
const foldSign = (sign) =>
  typewriter(typewriter(sign).toLowerCase().normalize("NFKD")).replace(UNSEEN, "").toLowerCase().replace(/ß/g, "ss");

// Folded text, and for each of its units the place in the original it came from.
function fold(text) {
  let folded = "";
  const from = [];
  let at = 0;
  for (const sign of text) {
    const plain = /\s/.test(sign) ? (folded.endsWith(" ") ? "" : " ") : foldSign(sign);
    for (let unit = 0; unit < plain.length; unit += 1) from.push(at);
    folded += plain;
    at += sign.length;
  }
  from.push(text.length);
  return { folded, from };
}

function make(tag, props = {}, attributes = {}, ...children) {
  const element = Object.assign(document.createElement(tag), props);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

class BoardPicker {
  constructor(root, select) {
    this.root = root;
    this.select = select;
    this.id = `boards-${(last += 1)}`;
    this.query = "";
    this.here = null; // the option that the keyboard is on
    this.build();
    this.listen();
    this.showChosen();
  }

  icon(name) {
    const found = this.root.querySelector("template[data-icons]")?.content.querySelector(`.for-${CSS.escape(name)}`);
    return found ? found.cloneNode(true) : document.createTextNode("");
  }

  build() {
    const className = this.select.className.replace("form-select", "form-control");
    this.input = make(
      "input",
      { className, id: this.select.id, type: "text", autocomplete: "off", spellcheck: false, dir: "auto" },
      {
        role: "combobox",
        "aria-expanded": "false",
        "aria-controls": this.id,
        "aria-autocomplete": "list",
        enterkeyhint: "done",
      },
    );
    for (const name of ["aria-invalid", "aria-describedby"]) {
      if (this.select.hasAttribute(name)) this.input.setAttribute(name, this.select.getAttribute(name));
    }
    this.select.removeAttribute("id");
    this.select.required = false;
    this.select.hidden = true;
    const field = make("div", { className: "combo-field" }, {}, this.icon("search"), this.input, this.icon("open"));
    this.groups = [...this.select.querySelectorAll("optgroup")].map((group, number) => this.buildGroup(group, number));
    this.options = this.groups.flatMap((group) => group.options);
    const label = this.root.querySelector("label").textContent;
    this.scroll = make(
      "div",
      { className: "combo-scroll", id: this.id },
      { role: "listbox", "aria-label": label },
      ...this.groups.map((group) => group.element),
    );
    this.none = make("p", { className: "combo-head", textContent: this.root.dataset.none, hidden: true });
    this.said = make("p", { className: "visually-hidden" }, { role: "status" });
    const foot = this.root.querySelector("[data-foot]");
    this.list = make("div", { className: "combo-list", hidden: true }, {}, this.scroll, this.none, foot);
    this.combo = make("div", { className: "combo" });
    this.select.before(this.combo);
    this.combo.append(field, this.list, this.said, this.select);
  }

  buildGroup(group, number) {
    const id = `${this.id}-group-${number}`;
    const head = make("p", { className: "combo-head", id, textContent: group.label });
    const options = [...group.children].map((option, place) => this.buildOption(option, `${id}-${place}`));
    const list = make("ul", {}, { role: "presentation" }, ...options.map((option) => option.element));
    const element = make("div", {}, { role: "group", "aria-labelledby": id }, head, list);
    return { element, options, name: group.dataset.group };
  }

  buildOption(option, id) {
    const { name, privacy, word } = option.dataset;
    const isGone = option.disabled;
    const tick = make("span", { className: "tick" });
    const label = make("span", { className: "name", dir: "auto", textContent: name });
    const beside = isGone ? [this.root.dataset.gone] : privacy ? [this.icon(privacy), word] : [];
    const side = make("span", { className: "priv" }, {}, ...beside);
    const element = make(
      "li",
      { className: `option${isGone ? " option-gone" : ""}`, id },
      { role: "option", "aria-selected": "false", ...(isGone && { "aria-disabled": "true" }) },
      tick,
      label,
      side,
    );
    return { element, tick, label, name, value: option.value, isGone, isMarked: false, ...fold(name) };
  }

  listen() {
    this.input.addEventListener("click", () => this.open());
    // What is typed takes the place of the chosen name.
    this.input.addEventListener("focus", () => this.isOpen || this.input.select());
    this.input.addEventListener("input", () => {
      const typed = this.input.value;
      this.open(typed);
      this.filter(typed);
    });
    this.input.addEventListener("keydown", (event) => this.press(event));
    this.combo.addEventListener("focusout", (event) => {
      // A refresh takes the button away under the finger: that is not leaving.
      if (event.relatedTarget && !this.combo.contains(event.relatedTarget)) this.close();
    });
    this.list.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.close();
      this.input.focus();
    });
    // A press on the list keeps the focus, and with it the keyboard of a phone, where it is.
    this.scroll.addEventListener("mousedown", (event) => event.preventDefault());
    this.scroll.addEventListener("click", (event) => {
      const option = this.options.find((each) => each.element.contains(event.target));
      if (option) this.choose(option);
    });
    this.select.addEventListener("change", () => this.showChosen());
  }

  get isOpen() { return !this.list.hidden; }

  // `typed`: what was typed into the closed field, which then begins the search in place of the chosen name.
  open(typed = "") {
    if (this.isOpen) return;
    this.unfold(true);
    this.input.placeholder = this.chosen?.name ?? this.root.dataset.ask;
    this.input.value = typed;
    this.filter(typed);
    this.combo.scrollIntoView({ block: "nearest" });
  }

  close() {
    if (!this.isOpen) return;
    this.unfold(false);
    this.moveTo(null);
    this.said.textContent = "";
    this.showChosen();
    if (document.activeElement === this.input) this.input.select();
  }

  unfold(isOpen) {
    this.list.hidden = !isOpen;
    this.combo.classList.toggle("is-open", isOpen);
    this.input.setAttribute("aria-expanded", String(isOpen));
  }

  get chosen() { return this.options.find((option) => option.value === this.select.value && this.select.value !== ""); }

  showChosen() {
    for (const option of this.options) {
      const isChosen = option.value === this.select.value;
      option.element.setAttribute("aria-selected", String(isChosen));
      option.tick.replaceChildren(...(isChosen ? [this.icon("tick")] : []));
    }
    if (this.isOpen) return;
    this.input.value = this.chosen?.name ?? "";
    this.input.placeholder = this.root.dataset.ask;
  }

  filter(text) {
    const wanted = fold(text).folded.trim();
    this.query = text;
    let shown = 0;
    for (const group of this.groups) {
      let left = 0;
      for (const option of group.options) {
        // While searching, each board stands there once.
        const at = !wanted ? 0 : group.name === "used" ? -1 : option.folded.indexOf(wanted);
        option.element.hidden = at < 0;
        if (at < 0) continue;
        left += 1;
        this.mark(option, at, wanted.length);
      }
      group.element.hidden = left === 0;
      if (group.name !== "used") shown += left;
    }
    this.none.hidden = shown > 0;
    this.scroll.hidden = shown === 0;
    const found = this.root.dataset.found.replace("{n}", shown).replace("{all}", this.groups.at(-1).options.length);
    this.said.textContent = !wanted ? "" : shown ? found : this.root.dataset.none;
    this.moveTo(wanted ? this.reachable()[0] : null);
    this.scroll.scrollTop = 0;
  }

  // Names are other people's words: they go into the page as text alone.
  mark(option, at, length) {
    if (!length && !option.isMarked) return;
    option.isMarked = length > 0;
    option.label.textContent = option.name;
    if (!length) return;
    const start = option.from[at];
    let end = option.from[at + length];
    // Marks that were folded away belong to the letter before them.
    while (end < option.name.length && /^\p{Mn}/u.test(option.name.slice(end))) end += 1;
    if (end <= start) end = option.from.find((place) => place > start) ?? option.name.length;
    const found = make("mark", { textContent: option.name.slice(start, end) });
    option.label.replaceChildren(option.name.slice(0, start), found, option.name.slice(end));
  }

  reachable() {
    return this.options.filter(({ element, isGone }) =>
      !element.hidden && !isGone && !element.parentElement.parentElement.hidden);
  }

  moveTo(option) {
    this.here?.element.classList.remove("option-here");
    this.here = option ?? null;
    if (!option) return this.input.removeAttribute("aria-activedescendant");
    option.element.classList.add("option-here");
    this.input.setAttribute("aria-activedescendant", option.element.id);
    return option.element.scrollIntoView({ block: "nearest" });
  }

  step(by) {
    const stops = this.reachable();
    if (!stops.length) return;
    let next = stops.indexOf(this.here) + by;
    const chosen = () => Math.max(0, stops.findIndex((option) => option.value === this.select.value));
    if (!this.here) next = by > 0 ? chosen() : stops.length - 1;
    else if (Math.abs(by) > 1) next = Math.min(Math.max(next, 0), stops.length - 1);
    this.moveTo(stops[(next + stops.length) % stops.length]);
  }

  choose(option) {
    if (option.isGone) return;
    const isOther = this.select.value !== option.value;
    this.select.value = option.value;
    this.close();
    if (isOther) this.select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  press(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    if (event.key in steps) {
      if (!this.isOpen) this.open();
      if (!event.altKey) this.step(steps[event.key]);
    } else if (event.key === "Home" && this.isOpen) this.moveTo(this.reachable()[0]);
    else if (event.key === "End" && this.isOpen) this.moveTo(this.reachable().at(-1));
    else if (event.key === "Enter") {
      if (!this.isOpen) this.open();
      else if (this.here) this.choose(this.here);
    } else if (event.key === "Escape" && this.isOpen) this.close();
    else return;
    event.preventDefault();
  }

  // What a person is in the middle of, kept over a refresh.
  get state() {
    return {
      account: this.root.dataset.account,
      value: this.select.value,
      isOpen: this.isOpen,
      query: this.query,
      focus: this.root.contains(document.activeElement) ? document.activeElement.id : "",
    };
  }

  restore(state) {
    if (state.account !== this.root.dataset.account) return;
    const option = this.options.find((each) => each.value === state.value && !each.isGone);
    if (option || state.value === "") this.select.value = state.value;
    this.showChosen();
    if (state.isOpen) this.open(state.query);
    if (state.focus) document.getElementById(state.focus)?.focus({ preventScroll: true });
  }
}

const pickers = new WeakMap();
let kept = null;

function enhance() {
  const root = document.querySelector(ROOT);
  const select = root?.querySelector("select[name=board]:not(:disabled)");
  if (!select || pickers.has(root)) return;
  const picker = new BoardPicker(root, select);
  pickers.set(root, picker);
  if (kept) picker.restore(kept);
  kept = null;
}

// Another account's boards are on their way: what is typed meanwhile would be thrown away with the old list.
for (const [name, waits] of [["htmx:beforeRequest", true], ["htmx:sendError", false], ["htmx:responseError", false]]) {
  document.addEventListener(name, (event) => {
    const { target, elt } = event.detail;
    const picker = target?.id === "picker" && !target.contains(elt) && pickers.get(target);
    if (!picker) return;
    if (waits) picker.close();
    picker.input.disabled = waits;
  });
}
document.addEventListener("htmx:beforeSwap", (event) => {
  const picker = event.detail.target?.id === "picker" && pickers.get(event.detail.target);
  if (picker && event.detail.shouldSwap) kept = picker.state;
});
for (const name of ["htmx:afterSwap", "htmx:load"]) document.addEventListener(name, enhance);
// Coming back through the browser's history, the select has its old value again.
window.addEventListener("pageshow", () => pickers.get(document.querySelector(ROOT))?.showChosen());
document.addEventListener("pointerdown", (event) => {
  const picker = pickers.get(document.querySelector(ROOT));
  if (picker && !picker.combo.contains(event.target)) picker.close();
});
enhance();
