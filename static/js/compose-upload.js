// A file of one's own: checked at once, sent to PostPeer with progress, through the dashboard where the browser can't.
// Without this script the file goes along with the form.

const form = document.querySelector("#compose");
const one = (selector, root = form) => root.querySelector(selector);
const words = document.querySelector("#compose-words")?.dataset ?? {};
const put = (pattern, ...values) => values.reduce((text, value) => text.replace("%s", () => value), pattern ?? "");
const tell = (name, detail = null) => form.dispatchEvent(new CustomEvent(name, { detail }));

class Refused extends Error {}
class Cancelled extends Error {}

// What is under way; another file, or Cancel, ends it.
let current = null;

const kinds = () => [...form.querySelectorAll("[name=media_type]")];
function megabytes(bytes) {
  const language = document.documentElement.lang || "en";
  const manner = { style: "unit", unit: "megabyte", maximumFractionDigits: bytes < 1e7 ? 1 : 0 };
  return new Intl.NumberFormat(language, manner).format(bytes / 1048576);
}

// The kind whose types have this file's; by its name's ending where the system knows no type.
function kindOf(file) {
  const ending = `.${file.name.split(".").pop().toLowerCase()}`;
  return kinds().find(({ dataset }) =>
    file.type ? dataset.types.split(" ").includes(file.type) : dataset.accept.split(",").includes(ending));
}

function check(file) {
  const kind = kindOf(file);
  if (!kind) throw new Refused(words.noMedia);
  if (file.size === 0) throw new Refused(words.empty);
  const most = Number(kind.dataset.most);
  if (file.size > most) throw new Refused(put(words.tooLarge, megabytes(file.size), megabytes(most)));
  return kind;
}

// Why the last file was refused. It stays beside the field when the form comes back with other things to change.
let refused = "";
const memory = () => `dash:refused:${one("[name=form_id]").value}`;

function showWrong(text) {
  const place = document.querySelector("#upload-wrong");
  one("span", place).textContent = text;
  place.hidden = !text;
  refused = text;
}

// What was said for want of a file, or of the one before, holds no longer.
function clearWrongs() {
  for (const name of ["media_url", "media_file"]) {
    const place = one(`#id_${name}_place`);
    place.classList.remove("field-bad");
    for (const line of place.querySelectorAll(".wrong:not(#upload-wrong)")) line.remove();
    one(`[name=${name}]`, place).classList.remove("is-invalid");
    one(`[name=${name}]`, place).removeAttribute("aria-invalid");
  }
  showWrong("");
}

function keepWrong(isGoing) {
  try {
    const kept = sessionStorage.getItem(memory());
    sessionStorage.removeItem(memory());
    if (isGoing && refused) sessionStorage.setItem(memory(), refused);
    else if (!isGoing && kept && form.dataset.bound) showWrong(kept);
  } catch {
    // Storage may be forbidden: then the reason is gone with the page.
  }
}

function showRun(text, part = null) {
  const run = one("[data-upload-run]");
  run.hidden = !text;
  one("[data-upload]").classList.toggle("is-busy", Boolean(text));
  one("[data-upload-words]").textContent = text ?? "";
  const bar = one("progress", run);
  if (part === null) bar.removeAttribute("value");
  else bar.value = part;
  tell("compose:uploading", text ? { words: part === null ? "…" : `${part} %` } : null);
}

const token = () => one("[name=csrfmiddlewaretoken]").value;

async function readAnswer(response) {
  // A page in place of an answer is the sign-in.
  if (response.redirected || !(response.headers.get("Content-Type") ?? "").includes("json")) {
    throw new Refused(response.status >= 500 ? words.failed : words.signedOut);
  }
  const answer = await response.json();
  if (!response.ok) throw new Refused(answer.error ?? words.failed);
  return answer;
}

async function ask(file, kind, signal) {
  const head = new Uint8Array(await file.slice(0, 32).arrayBuffer());
  const fields = {
    filename: file.name,
    mime_type: file.type,
    size: file.size,
    media_type: kind.value,
    head: btoa(String.fromCharCode(...head)),
  };
  const response = await fetch(form.dataset.startUpload, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
    body: JSON.stringify(fields),
    signal,
  });
  return readAnswer(response);
}

// fetch tells nothing of what has left; this does. `credentials`: only ever to ourselves.
function send(method, url, body, headers, run, onDone) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    run.stop = () => request.abort();
    request.open(method, url);
    request.withCredentials = false;
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable || run !== current) return;
      const part = Math.floor((event.loaded / event.total) * 100);
      showRun(part < 100 ? `${part} %, ${megabytes(event.loaded)} / ${megabytes(event.total)}` : words.finishing, part);
    });
    request.addEventListener("load", () => {
      try { resolve(onDone(request)); } catch (error) { reject(error); }
    });
    request.addEventListener("error", () => reject(new Error("network")));
    request.addEventListener("timeout", () => reject(new Error("timeout")));
    request.addEventListener("abort", () => reject(new Cancelled()));
    request.send(body);
  });
}

async function sendDirect(place, file, run) {
  const isOpen = form.dataset.uploadOrigins.split(" ").includes(new URL(place.upload_url).origin);
  if (!place.direct || !isOpen) return false;
  try {
    const isTaken = (request) => request.status >= 200 && request.status < 300;
    return await send("PUT", place.upload_url, file, { "Content-Type": place.mime_type }, run, isTaken);
  } catch (error) {
    if (error instanceof Cancelled) throw error;
    return false;
  }
}

function sendThrough(file, kind, run) {
  const body = new FormData();
  body.append("media_type", kind.value);
  body.append("media_file", file);
  return send("POST", form.dataset.uploadThrough, body, { "X-CSRFToken": token() }, run, (request) => {
    let answer = null;
    try {
      answer = JSON.parse(request.responseText);
    } catch {
      throw new Refused(request.status >= 500 ? words.failed : words.signedOut);
    }
    if (request.status !== 200) throw new Refused(answer.error ?? words.failed);
    return answer.public_url;
  });
}

// The most frequent of 4096 coarse colours on a small copy, as the mean of what fell into it.
function dominantColor(image) {
  const canvas = Object.assign(document.createElement("canvas"), { width: 48, height: 72 });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(image, 0, 0, 48, 72);
  const { data } = context.getImageData(0, 0, 48, 72);
  const bins = new Map();
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] < 128) continue;
    const key = ((data[at] >> 4) << 8) | ((data[at + 1] >> 4) << 4) | (data[at + 2] >> 4);
    const bin = bins.get(key) ?? [0, 0, 0, 0];
    bins.set(key, [bin[0] + 1, bin[1] + data[at], bin[2] + data[at + 1], bin[3] + data[at + 2]]);
  }
  const [count, ...sums] = [...bins.values()].reduce((best, bin) => (bin[0] > best[0] ? bin : best), [0, 0, 0, 0]);
  if (!count) return "";
  return `#${sums.map((sum) => Math.round(sum / count).toString(16).padStart(2, "0")).join("")}`.toUpperCase();
}

async function fillColor(blob, kind) {
  const field = one("[name=dominant_color]");
  const note = one("[data-color-note]");
  if (kind.value !== "image" || (field.value.trim() && note.hidden)) return;
  const image = new Image();
  image.src = blob;
  try {
    await image.decode();
    field.value = dominantColor(image);
    note.hidden = !field.value;
    tell("compose:filled");
  } catch {
    // A picture that the browser can't decode has no colour to offer; Pinterest may read it all the same.
  }
}

function choose(kind) {
  if (kind.checked) return;
  kind.checked = true;
  kind.dispatchEvent(new Event("change", { bubbles: true }));
}

async function take(file) {
  current?.stop?.();
  const run = { stop: null };
  current = run;
  const isOurs = () => run === current;
  const before = kinds().find((kind) => kind.checked);
  showWrong("");
  try {
    const kind = check(file);
    choose(kind);
    const blob = URL.createObjectURL(file);
    tell("compose:local", { blob, size: file.size, url: null });
    fillColor(blob, kind);
    one("[data-upload-name]").textContent = file.name;
    showRun(words.asking);
    const asking = new AbortController();
    run.stop = () => asking.abort();
    const place = await ask(file, kind, asking.signal);
    showRun(put(words.uploading, file.name), 0);
    const url = (await sendDirect(place, file, run)) ? place.public_url : await sendThrough(file, kind, run);
    if (!isOurs()) return;
    one("[name=media_url]").value = url;
    tell("compose:local", { blob, size: file.size, url });
    tell("compose:filled");
    end(run);
    clearWrongs();
    one("[data-upload-name]").textContent = put(words.uploaded, file.name);
  } catch (error) {
    if (!isOurs()) return;
    end(run);
    choose(before);
    tell("compose:local");
    one("[data-upload-name]").textContent = one("[data-upload]").dataset.name;
    if (error instanceof Refused) showWrong(error.message);
    else if (error instanceof Cancelled || error.name === "AbortError") {
      document.dispatchEvent(new CustomEvent("dash:say", { detail: words.cancelled }));
    } else showWrong(words.failed);
  }
}

function end(run) {
  if (run !== current) return;
  current = null;
  showRun(null, 0);
  // What has been sent isn't sent once more with the form.
  one("[name=media_file]").value = "";
}

function start() {
  const place = one("[data-upload]");
  const field = one("[name=media_file]");
  const face = one(".upload-face", place);
  place.dataset.name = one("[data-upload-name]").textContent;
  place.classList.add("drop");
  face.hidden = false;
  field.addEventListener("change", () => field.files[0] && take(field.files[0]));
  for (const name of ["dragenter", "dragover"]) place.addEventListener(name, () => place.classList.add("is-over"));
  for (const name of ["dragleave", "drop"]) place.addEventListener(name, () => place.classList.remove("is-over"));
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    const files = event.dataTransfer.files;
    if (files.length === 1) take(files[0]);
    else if (files.length > 1) showWrong(words.several);
  });
  // A file that misses the place must not take the page away.
  for (const name of ["dragover", "drop"]) {
    form.addEventListener(name, (event) => {
      if ([...event.dataTransfer.types].includes("Files") && !place.contains(event.target)) event.preventDefault();
    });
  }
  form.addEventListener("submit", (event) => event.defaultPrevented || keepWrong(true));
  keepWrong(false);
  one("[data-upload-cancel]").addEventListener("click", () => {
    const run = current;
    run?.stop?.();
  });
  one("[name=dominant_color]").addEventListener("input", () => {
    one("[data-color-note]").hidden = true;
  });
}

if (form) start();
