// The compose form: what kind of media, counters, the note beside the time, one press at a time. Each compose-*.js
// stands alone and listens on the form; they speak to each other by events on it: compose:filled after values were put
// in by script, compose:uploading with { what, words } while a file is on its way (words null when not).

const form = document.querySelector("#compose");
const one = (selector, root = form) => root.querySelector(selector);
const all = (selector, root = form) => [...root.querySelectorAll(selector)];
const words = document.querySelector("#compose-words")?.dataset ?? {};
const put = (pattern, ...values) => values.reduce((text, value) => text.replace("%s", () => value), pattern ?? "");

// Counted as the rule counts: UTF-16 units with LF for a new line, which is what value gives, and nothing around the
// text.
function count(line) {
  const field = document.getElementById(line.dataset.count);
  const limit = Number(line.dataset.limit);
  const used = field.value.trim().length;
  line.classList.toggle("counter-near", used <= limit && used >= limit * 0.9);
  line.classList.toggle("counter-over", used > limit);
  if (used > limit) line.textContent = put(words.over, used - limit);
  else if (used >= limit * 0.98) line.textContent = put(words.left, used, limit, limit - used);
  else line.textContent = put(words.count, used, limit);
}

// Picture or video: labels, the cover field and what the file field takes.
function showKind() {
  const chosen = one("[name=media_type]:checked");
  for (const part of all("[data-if]")) part.hidden = part.dataset.if !== chosen.value;
  const cover = one("[data-cover]");
  // With something wrong in it, it has to be seen whatever the kind.
  cover.hidden = chosen.value !== "video" && !one(".wrong:not([hidden])", cover);
}

// The instant of a clock time in a zone, by asking what clocks there show at a guess; null when no clock ever shows it.
function instantOf(local, zone) {
  const wanted = Date.parse(`${local}Z`);
  if (Number.isNaN(wanted)) return null;
  const shown = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const offset = (at) => {
    const part = Object.fromEntries(shown.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const there = Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second);
    return there - Math.floor(at / 1000) * 1000;
  };
  for (const guess of [wanted - offset(wanted - 864e5), wanted - offset(wanted + 864e5)]) {
    if (guess + offset(guess) === wanted) return guess;
  }
  return null;
}

function inWords(milliseconds) {
  const language = document.documentElement.lang || "en";
  let minutes = Math.round(milliseconds / 6e4);
  const parts = [];
  for (const [unit, size] of [["day", 1440], ["hour", 60], ["minute", 1]]) {
    const number = Math.floor(minutes / size);
    minutes -= number * size;
    if (number && parts.length < 2) {
      parts.push(new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(number));
    } else if (parts.length) break;
  }
  return new Intl.ListFormat(language, { type: "conjunction" }).format(parts);
}

function noteTime() {
  const line = document.querySelector("#when-note");
  const local = one("[name=scheduled_for]").value;
  const zone = one("[name=timezone]").value;
  let at = null;
  try {
    at = local && instantOf(local, zone);
  } catch {
    // A zone that this browser doesn't know: the server does.
  }
  // Sent along, so that the server can ask where its rules are others.
  one("[name=shown_at]").value = at ? new Date(at).toISOString() : "";
  // What the server has said of this time holds.
  if (line.dataset.at && line.dataset.local === local && line.dataset.zone === zone) at = Date.parse(line.dataset.at);
  const away = at === null || at === "" ? null : at - Date.now();
  line.hidden = away === null;
  if (away === null) return;
  if (away < 0) one("span", line).textContent = words.past;
  else one("span", line).textContent = away < 6e4 ? words.soon : put(words.in, inWords(away));
}

// The question which of two times is meant belongs to the time it was asked for.
function dropFold() {
  const place = document.querySelector("#fold-place");
  if (place) place.remove();
}

// What is being sent, with the words for how far it is: the file, and the cover.
const onTheWay = new Map();

function start() {
  const counters = all("[data-count]");
  const refresh = () => {
    counters.forEach(count);
    showKind();
    noteTime();
  };
  form.addEventListener("input", (event) => {
    const counter = counters.find((line) => line.dataset.count === event.target.id);
    if (counter) count(counter);
  });
  form.addEventListener("change", (event) => {
    if (event.target.name === "media_type") showKind();
    if (["scheduled_for", "timezone"].includes(event.target.name)) dropFold();
  });
  for (const name of ["input", "change"]) {
    form.addEventListener(name, (event) => {
      if (["scheduled_for", "timezone"].includes(event.target.name)) noteTime();
    });
  }
  form.addEventListener("compose:filled", refresh);
  form.addEventListener("compose:uploading", (event) => {
    const { what, words: text } = event.detail;
    if (text) onTheWay.set(what, text);
    else onTheWay.delete(what);
  });
  // On the form itself, so before the page's own listener calls the buttons busy.
  form.addEventListener("submit", (event) => {
    if (!onTheWay.size) return;
    event.preventDefault();
    const place = document.querySelector("#upload-wrong");
    one("span", place).textContent = put(words.wait, [...onTheWay.values()].join(", "));
    place.hidden = false;
    place.scrollIntoView({ block: "center" });
  });
  window.addEventListener("pageshow", refresh);
  setInterval(noteTime, 3e4);
  refresh();
}

if (form) start();
