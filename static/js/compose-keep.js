// What is typed stays in this tab until the server has it: over a session that ended, a form grown too old, a crash.
// Offered again when the form is next opened; put in only when the person says so.

const form = document.querySelector("#compose");
// What is changed of a scheduled pin is nothing to offer for a new one.
const PREFIX = form?.dataset.editing ? "dash:edit:" : "dash:compose:";
const MOST_AGE = 7 * 864e5;
const SKIPPED = new Set(["csrfmiddlewaretoken", "owner", "media_file", "action", "shown_at", "confirmed_at"]);
const TEXTS = ["title", "description", "link", "media_url", "alt_text", "cover_image_url"];
const words = document.querySelector("#compose-words")?.dataset ?? {};

const value = (name) => form.querySelector(`[name=${name}]`)?.value ?? "";
const owner = () => `${PREFIX}${form.dataset.team}:${value("owner")}:`;

function read() {
  const fields = {};
  for (const [name, text] of new FormData(form)) {
    if (!SKIPPED.has(name) && typeof text === "string") (fields[name] ??= []).push(text);
  }
  return fields;
}

// As the server writes it, so that what it has isn't taken for something else.
const color = (text) =>
  text
    .trim()
    .toUpperCase()
    .replace(/^#?([0-9A-F]{6})$/, "#$1")
    .replace(/^#?([0-9A-F])([0-9A-F])([0-9A-F])$/, "#$1$1$2$2$3$3");
const plain = (name, text) => (name === "dominant_color" ? color(text) : text).replace(/\r\n?/g, "\n").trim();
const normal = (fields) =>
  JSON.stringify(
    Object.entries(fields)
      .filter(([name]) => !["form_id", "version", "source", "fold"].includes(name))
      .map(([name, texts]) => [name, texts.map((text) => plain(name, text))])
      .sort(),
  );
const hasText = (fields) => TEXTS.some((name) => (fields[name] ?? [""])[0].trim());

// Storage may be full or forbidden: then the page works as if this script weren't there.
function save(fields) {
  try {
    sessionStorage.setItem(owner() + value("form_id"), JSON.stringify({ at: Date.now(), fields }));
  } catch {
    return false;
  }
  return true;
}

function entries() {
  const found = [];
  try {
    for (const key of Object.keys(sessionStorage).filter((each) => each.startsWith(owner()))) {
      const entry = JSON.parse(sessionStorage.getItem(key));
      if (Date.now() - entry.at > MOST_AGE) sessionStorage.removeItem(key);
      else found.push({ key, id: key.slice(owner().length), ...entry });
    }
  } catch {
    return [];
  }
  return found.sort((one, other) => other.at - one.at);
}

function forget(key) {
  try {
    sessionStorage.removeItem(key);
  } catch {
    // As above.
  }
}

function fill(fields) {
  for (const element of form.elements) {
    if (!element.name || SKIPPED.has(element.name)) continue;
    if (!(element.name in fields) && element.type !== "checkbox") continue;
    const texts = fields[element.name] ?? [];
    if (element.type === "radio" || element.type === "checkbox") {
      element.checked = texts.includes(element.value) && !element.disabled;
    }
    else if (element.name !== "board") element.value = texts[0];
  }
  fillBoard(fields.board?.[0] ?? "");
  form.dispatchEvent(new CustomEvent("compose:filled"));
}

// The boards are those of the account: another account's come first, then the choice among them.
function fillBoard(board) {
  const choose = () => {
    const select = form.querySelector("select[name=board]");
    if (!select || ![...select.options].some((option) => option.value === board && !option.disabled)) return;
    select.value = board;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const account = form.querySelector("input[name=account]:checked, select[name=account]");
  if (!account || document.querySelector("#picker")?.dataset.account === account.value) {
    choose();
    return;
  }
  document.addEventListener("htmx:afterSettle", choose, { once: true });
  account.dispatchEvent(new Event("change", { bubbles: true }));
}

function offer(entry) {
  const place = document.querySelector("#restore");
  place.hidden = false;
  const time = new Intl.DateTimeFormat(undefined, { timeStyle: "short" }).format(entry.at);
  place.querySelector("[data-restore-words]").textContent = (words.unsaved ?? "").replace("%s", () => time);
  place.querySelector("[data-restore]").addEventListener("click", () => {
    fill(entry.fields);
    place.hidden = true;
    form.querySelector("[name=title]").focus();
  });
  place.querySelector("[data-discard]").addEventListener("click", () => {
    forget(entry.key);
    place.hidden = true;
  });
}

function start() {
  const drafts = form.dataset.drafts.split(" ");
  const sent = form.dataset.sent.split(" ");
  const here = value("form_id");
  const first = normal(read());
  for (const entry of entries()) {
    // It is sent; or there is nothing in it; or the page shows just that.
    const isShown = entry.id === here && normal(entry.fields) === first;
    if (sent.includes(entry.id) || !hasText(entry.fields) || isShown) forget(entry.key);
  }
  // After an error the page itself holds what was typed. What belongs to a draft is offered on the draft's own page.
  const isHeld = form.dataset.bound || document.querySelector("#kept");
  const waiting = entries().find((entry) => (form.dataset.new ? !drafts.includes(entry.id) : entry.id === here));
  if (!isHeld && waiting) offer(waiting);
  let timer;
  let isKeeping = true;
  const keep = () => {
    if (isKeeping) save(read());
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, 500);
  });
  for (const name of ["change", "submit", "compose:filled"]) form.addEventListener(name, keep);
  // Whoever signs out takes their words along; a page brought back by the browser's own cache keeps anew.
  document.addEventListener("dash:signing-out", () => {
    isKeeping = false;
  });
  window.addEventListener("pageshow", () => {
    isKeeping = true;
  });
}

if (form) start();
