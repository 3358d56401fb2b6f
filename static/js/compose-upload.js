// A file of one's own: looked at, then sent to the dashboard in pieces, which hands it on to PostPeer. Without this
// script the file goes along with the form.
//
// What the other compose-*.js hear of it: compose:local with what is to be shown, or null when it came to nothing:
//   { blob, fileName, media, name, url, answer, original, box }
// blob is an address on the disk; name is of the kind ("JPG"); url and answer are null until PostPeer has the file;
// original is the whole picture when this is the piece `box` of it. They ask for a piece with
// compose:cut { box, blob }, for the whole with compose:uncut.

const form = document.querySelector("#compose");
const one = (selector, root = form) => root.querySelector(selector);
const words = document.querySelector("#compose-words")?.dataset ?? {};
const put = (pattern, ...values) => values.reduce((text, value) => text.replace("%s", () => value), pattern ?? "");
const tell = (name, detail = null) => form.dispatchEvent(new CustomEvent(name, { detail }));
const scripts = () => one("[data-media]").dataset;

class Unfit extends Error {}

// What is under way; another file, or Cancel, ends it.
let current = null;
// What is shown, once it is here.
let chosen = null;
let run = null;

const kinds = () => [...form.querySelectorAll("[name=media_type]")];

function check(file, kind, sizeOf) {
  if (file.size === 0) throw new Unfit(words.empty);
  const sentences = { gif: words.noGif, picture: words.noPicture, film: words.noFilm, media: words.noMedia };
  if (kind.refusal) throw new Unfit(put(sentences[kind.refusal], kind.name));
  const most = Number(kinds().find(({ value }) => value === kind.media).dataset.most);
  if (file.size > most) throw new Unfit(put(words.tooLarge, sizeOf(file.size), sizeOf(most)));
}

// Why the last file was refused. It stays beside the field when the form comes back with other things to change.
let refused = "";
const formId = () => one("[name=form_id]").value;
const memory = () => `dash:refused:${formId()}`;
const owner = () => `${form.dataset.team}:${one("[name=owner]").value}`;
const fileMemory = () => `dash:file:${owner()}:${formId()}`;

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
    for (const line of place.querySelectorAll(".wrong:not([role=alert])")) line.remove();
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

// Where the file lies here, for the form that comes back; the pin itself knows its address at PostPeer alone.
function keepFile({ here, url }) {
  try {
    sessionStorage.setItem(fileMemory(), JSON.stringify({ here, url, at: Date.now() }));
  } catch {
    // Then the form that comes back shows the file as any other address.
  }
}

function readKept(url) {
  try {
    const kept = JSON.parse(sessionStorage.getItem(fileMemory()));
    return kept?.url === url ? kept.here : "";
  } catch {
    return "";
  }
}

// A form that comes back, a draft, a file of the library: what is known of the file here is told again.
async function findFile() {
  const url = one("[name=media_url]").value;
  const here = readKept(url) || form.dataset.mediaHere;
  if (!url || !here) return;
  const { readFile } = await import(scripts().send);
  const answer = await readFile(here, contextOf(new AbortController().signal, ""));
  if (answer?.url !== url || one("[name=media_url]").value !== url || current) return;
  chosen = { blob: null, media: answer.media_type, name: answer.kind, url, answer };
  tell("compose:local", chosen);
}

function choose(kind) {
  if (kind.checked) return;
  kind.checked = true;
  kind.dispatchEvent(new Event("change", { bubbles: true }));
}

function contextOf(signal, name) {
  return {
    base: form.dataset.mediaUrl,
    owner: owner(),
    purpose: "media",
    token: () => one("[name=csrfmiddlewaretoken]").value,
    isAi: one("[type=checkbox][name=ai_label]")?.checked ?? null,
    signal,
    tell: (told) => run?.tell(told, name),
  };
}

function fillColor(color) {
  const field = one("[name=dominant_color]");
  const note = one("[data-color-note]");
  if (!color || (field.value.trim() && note.hidden)) return;
  field.value = color;
  note.hidden = false;
}

function showFile(shown, answer) {
  chosen = { ...shown, media: answer.media_type, name: answer.kind, url: answer.url, answer };
  one("[name=media_url]").value = answer.url;
  // What is here already needs no copy.
  one("[data-copy]").hidden = true;
  fillColor(answer.color);
  tell("compose:local", chosen);
  tell("compose:filled");
}

// One run: what it shows meanwhile, and what is done when it comes to nothing.
async function follow(name, work) {
  current?.abort();
  const stopping = new AbortController();
  const isOurs = () => stopping === current;
  const before = kinds().find((kind) => kind.checked);
  current = stopping;
  showWrong("");
  try {
    const { makeRun } = await import(scripts().run);
    run ??= makeRun(one("[data-upload-run]"), words, (text) => {
      one("[data-upload]").classList.toggle("is-busy", Boolean(text));
      tell("compose:uploading", { what: "media", words: text });
    });
    if (!isOurs()) return;
    run.begin(() => stopping.abort());
    one("[data-upload-name]").textContent = name;
    const { shown, answer } = await work(stopping.signal);
    if (!isOurs()) return;
    end();
    showFile(shown, answer);
    keepFile(answer);
    clearWrongs();
    one("[data-upload-name]").textContent = put(words.uploaded, name);
  } catch (error) {
    if (!isOurs()) return;
    end();
    choose(before);
    tell("compose:local", chosen);
    one("[data-upload-name]").textContent = one("[data-upload]").dataset.name;
    if (stopping.signal.aborted) {
      // What was said of the form that had to wait for it holds no longer.
      showWrong("");
      document.dispatchEvent(new CustomEvent("dash:say", { detail: words.cancelled }));
    } else showWrong(await reasonOf(error));
  }
}

async function reasonOf(error) {
  if (error instanceof Unfit) return error.message;
  // The file was changed, moved or locked since it was chosen.
  if (["NotReadableError", "NotFoundError"].includes(error.name)) return words.unreadable;
  try {
    const { Refused, SignedOut } = await import(scripts().send);
    if (error instanceof Refused && error.message) return error.message;
    if (error instanceof SignedOut) return words.signedOut;
  } catch {
    // The script itself didn't come: the line is gone.
  }
  return words.failed;
}

function take(file) {
  return follow(file.name, async (signal) => {
    const [{ readKind }, { sendFile }, { sizeOf }] = await Promise.all(
      [scripts().kind, scripts().send, scripts().run].map((address) => import(address)),
    );
    const kind = await readKind(file);
    check(file, kind, sizeOf);
    choose(kinds().find(({ value }) => value === kind.media));
    const shown = { blob: URL.createObjectURL(file), fileName: file.name, media: kind.media, name: kind.name };
    tell("compose:local", { ...shown, url: null, answer: null });
    return { shown, answer: await sendFile({ ...contextOf(signal, file.name), file }) };
  });
}

// A piece is always cut out of the whole picture, however often one tries.
function cut({ box, blob }) {
  const whole = chosen.original ?? chosen;
  const name = put(words.piece, whole.name);
  return follow(name, async (signal) => {
    const { cutFile } = await import(scripts().send);
    const shown = { blob, media: "image", name: whole.name, original: whole, box };
    tell("compose:local", { ...shown, url: null, answer: null });
    return { shown, answer: await cutFile(contextOf(signal, name), whole.answer.here, box) };
  });
}

function end() {
  current = null;
  run?.end();
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
  form.addEventListener("compose:cut", (event) => chosen && cut(event.detail));
  form.addEventListener("compose:uncut", () => {
    if (!chosen?.original) return;
    showFile(chosen.original, chosen.original.answer);
    keepFile(chosen.answer);
  });
  // A changed address is no longer the file.
  form.addEventListener("input", (event) => {
    if (event.target.name === "media_url") one("[data-copy]").hidden = event.target.value.trim() === chosen?.url;
    if (event.target.name === "media_url" && chosen && event.target.value.trim() !== chosen.url) chosen = null;
  });
  one("[name=dominant_color]").addEventListener("input", () => {
    one("[data-color-note]").hidden = true;
  });
  findFile();
}

if (form) start();
