// A film's cover: a frame of it, taken from the file on the disk, or a picture of one's own. Either is sent as any file
// is, and its address goes into the cover's field.

const form = document.querySelector("#compose");
const dialog = document.querySelector("#cover-frame");
const one = (selector, root = form) => root.querySelector(selector);
const words = document.querySelector("#compose-words")?.dataset ?? {};
const put = (pattern, ...values) => values.reduce((text, value) => text.replace("%s", () => value), pattern ?? "");
const scripts = () => one("[data-media]").dataset;

const QUALITY = 0.92;
// A film that says nothing for so long (ms) can't be read here.
const SILENT = 15_000;

// The film on the disk: from compose-upload.js.
let film = null;
let current = null;
let run = null;
// Where the last cover lies here, to be shown beside its field.
let cover = null;

function say(text, isWrong = false) {
  const line = one(isWrong ? "[data-cover-wrong]" : "[data-cover-said]");
  for (const each of ["[data-cover-wrong]", "[data-cover-said]"]) one(each).hidden = true;
  one("span", line).textContent = text;
  line.hidden = !text;
}

function showCover() {
  const place = one("[data-cover-shown]");
  const image = one("img", place);
  place.hidden = !cover;
  if (cover) image.src = cover.thumbnail || cover.blob;
  else image.removeAttribute("src");
}

// Throw the sentence for a picture that the server wouldn't take.
async function check(file, { readKind }, { sizeOf }, { Refused }) {
  const kind = await readKind(file);
  const most = Number(one("[name=media_type][value=image]").dataset.most);
  if (file.size === 0) throw new Refused(words.empty);
  if (kind.media !== "image") throw new Refused(words.coverKind);
  if (file.size > most) throw new Refused(put(words.tooLarge, sizeOf(file.size), sizeOf(most)));
}

const contextOf = (file, signal) => ({
  file,
  base: form.dataset.mediaUrl,
  owner: `${form.dataset.team}:${one("[name=owner]").value}`,
  purpose: "cover",
  token: () => one("[name=csrfmiddlewaretoken]").value,
  isAi: null,
  signal,
  tell: (told) => run?.tell(told, file.name),
});

async function send(file) {
  current?.abort();
  const stopping = new AbortController();
  const isOurs = () => stopping === current;
  current = stopping;
  say("");
  let sender = {};
  try {
    const [kinds, runs] = await Promise.all([scripts().kind, scripts().run].map((address) => import(address)));
    sender = await import(scripts().send);
    run ??= runs.makeRun(one("[data-cover-run]"), words, (text) => {
      form.dispatchEvent(new CustomEvent("compose:uploading", { detail: { what: "cover", words: text } }));
    });
    if (!isOurs()) return;
    run.begin(() => stopping.abort());
    await check(file, kinds, runs, sender);
    const answer = await sender.sendFile(contextOf(file, stopping.signal));
    if (!isOurs()) return;
    end();
    take(answer, URL.createObjectURL(file));
  } catch (error) {
    if (!isOurs()) return;
    end();
    if (stopping.signal.aborted) document.dispatchEvent(new CustomEvent("dash:say", { detail: words.cancelled }));
    else say(reasonOf(error, sender), true);
  }
}

function reasonOf(error, { Refused, SignedOut }) {
  if (Refused && error instanceof Refused && error.message) return error.message;
  if (SignedOut && error instanceof SignedOut) return words.signedOut;
  if (["NotReadableError", "NotFoundError"].includes(error.name)) return words.unreadable;
  return words.failed;
}

function take(answer, blob) {
  const field = one("[name=cover_image_url]");
  const place = one("#id_cover_image_url_place");
  cover = { url: answer.url, thumbnail: answer.thumbnail, blob };
  field.value = answer.url;
  // What was said for want of a cover holds no longer.
  place.classList.remove("field-bad");
  for (const line of place.querySelectorAll(".wrong")) line.remove();
  field.classList.remove("is-invalid");
  field.removeAttribute("aria-invalid");
  const facts = [answer.kind, `${answer.width} × ${answer.height}`, answer.ratio].filter(Boolean);
  say([put(words.coverTaken, facts.join(", ")), ...(answer.notes ?? [])].join(" "));
  showCover();
  field.dispatchEvent(new Event("change", { bubbles: true }));
  form.dispatchEvent(new CustomEvent("compose:filled"));
}

function end() {
  current = null;
  run?.end();
  // What has been sent isn't sent once more with the form.
  const field = one("[name=cover_file]");
  if (field) field.value = "";
}

// Seconds as clocks of players show them, with tenths: 1:04.3
function clock(seconds) {
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${(seconds - minutes * 60).toFixed(1).padStart(4, "0")}`;
}

const video = () => one("video", dialog);
const slider = () => one("input", dialog);

function showMoment() {
  const { currentTime, duration } = video();
  const text = put(words.moment, clock(currentTime), clock(duration));
  one("[data-frame-at]", dialog).textContent = text;
  slider().setAttribute("aria-valuetext", text);
}

function setUnseen(isUnseen) {
  one("[data-frame-wrong]", dialog).hidden = !isUnseen;
  one("[data-frame-choice]", dialog).hidden = isUnseen;
  one("[data-frame-take]", dialog).disabled = true;
}

// One place at a time: while the film seeks, only the last wish is kept.
let wish = null;
function seek(seconds) {
  if (video().seeking) {
    wish = seconds;
    return;
  }
  wish = null;
  video().currentTime = seconds;
}

function openFrame() {
  setUnseen(false);
  dialog.showModal();
  const shown = video();
  const timer = setTimeout(() => setUnseen(true), SILENT);
  const settle = () => clearTimeout(timer);
  shown.onerror = () => {
    settle();
    setUnseen(true);
  };
  shown.onloadeddata = () => {
    settle();
    const isSeen = shown.videoWidth > 0 && Number.isFinite(shown.duration) && shown.duration > 0;
    setUnseen(!isSeen);
    if (!isSeen) return;
    Object.assign(slider(), { min: 0, max: shown.duration, step: Math.min(0.1, shown.duration / 100), value: 0 });
    showMoment();
    one("[data-frame-take]", dialog).disabled = false;
    slider().focus();
  };
  shown.onseeked = () => {
    showMoment();
    if (wish !== null) seek(wish);
  };
  dialog.addEventListener("close", settle, { once: true });
  shown.src = film.blob;
}

// What the film shows at this moment, in its full size and turned as it is shown.
async function takeFrame() {
  const shown = video();
  if (!shown.videoWidth) return;
  if (shown.seeking) await new Promise((resolve) => shown.addEventListener("seeked", resolve, { once: true }));
  const canvas = document.createElement("canvas");
  canvas.width = shown.videoWidth;
  canvas.height = shown.videoHeight;
  canvas.getContext("2d").drawImage(shown, 0, 0);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  dialog.close();
  if (!blob) {
    say(words.frameFailed, true);
    return;
  }
  const stem = film.fileName.replace(/\.[^.]*$/, "");
  await send(new File([blob], `${stem}.jpg`, { type: "image/jpeg", lastModified: Date.now() }));
}

function showWays() {
  one("[data-cover-frame]").hidden = !film;
  one("[data-cover-hint]").hidden = Boolean(film);
}

if (form && dialog) {
  form.addEventListener("compose:local", ({ detail }) => {
    film = detail?.media === "video" && detail.blob ? detail : null;
    showWays();
  });
  form.addEventListener("input", ({ target }) => {
    if (target.name !== "cover_image_url" || !cover || target.value.trim() === cover.url) return;
    cover = null;
    say("");
    showCover();
  });
  one("[data-cover-frame]").addEventListener("click", openFrame);
  one("[data-frame-take]", dialog).addEventListener("click", takeFrame);
  slider().addEventListener("input", () => seek(Number(slider().value)));
  // A drag that ends beside the dialog is told as a press beside it, which would close it.
  dialog.addEventListener("click", (event) => event.target === dialog && event.stopPropagation());
  dialog.addEventListener("close", () => {
    wish = null;
    video().onerror = null;
    video().removeAttribute("src");
    video().load();
  });
  one("[name=cover_file]")?.addEventListener("change", ({ target }) => target.files[0] && send(target.files[0]));
  showWays();
}
