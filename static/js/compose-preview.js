// The card as Pinterest shows it, as one types. Words of people go in as text alone.

const form = document.querySelector("#compose");
const one = (selector, root = form) => root.querySelector(selector);
const field = (name) => one(`[name=${name}]`);
const words = document.querySelector("#compose-words")?.dataset ?? {};
const put = (pattern, value) => (pattern ?? "").replace("%s", () => value);
const SVG = "http://www.w3.org/2000/svg";
const SPRITE = () => document.querySelector("use")?.getAttribute("href").split("#")[0] ?? "";

// A file just uploaded is shown from the disk: at once, and whether or not its address can be reached from here.
let local = null;
let shown = "";
let timer;

function icon(name, classes = "i") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", classes);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${SPRITE()}#i-${name}`);
  svg.append(use);
  return svg;
}

function say(text, iconName = "", classes = "i") {
  const line = document.querySelector("#media-state");
  line.hidden = !text;
  const parts = text ? [document.createTextNode(text)] : [];
  if (text && iconName) parts.unshift(icon(iconName, classes));
  line.replaceChildren(...parts);
}

const firstLine = (text) => text.trim().split("\n")[0];

function showWords() {
  const title = field("title").value.trim();
  const description = field("description").value;
  one("[data-preview-title]").textContent = title || firstLine(description);
  const others = description.trim().split("\n").slice(1).join("\n");
  one("[data-preview-description]").textContent = title ? description : others;
  const picture = one("[data-preview-pic] img");
  if (picture) picture.alt = field("alt_text").value;
}

function showAccount() {
  const chosen = one("input[name=account]:checked") ?? one("select[name=account]")?.selectedOptions[0];
  if (!chosen) return;
  one("[data-preview-account]").textContent = chosen.dataset.name ?? "";
  one("[data-preview-face]").textContent = chosen.dataset.face ?? "";
}

function showColor() {
  // As the rule reads it: with or without #, of six digits or three.
  const [, digits] = field("dominant_color").value.trim().match(/^#?([0-9a-f]{6}|[0-9a-f]{3})$/i) ?? [];
  const six = digits?.length === 3 ? [...digits].map((digit) => digit + digit).join("") : digits;
  for (const rect of document.querySelectorAll("#preview [data-mat], .peek .mat rect, [data-swatch]")) {
    rect.setAttribute("fill", six ? `#${six}` : "none");
  }
}

// From a page on https a browser takes no picture over http; trying would only be noise in its console.
const isWeb = (url) => /^https?:\/\/[^\s/]+/i.test(url) && !(location.protocol === "https:" && /^http:/i.test(url));
const isVideo = () => field("media_type") && one("[name=media_type]:checked").value === "video";

function describe(width, height, bytes, ratio = ratioOf(width, height)) {
  const language = document.documentElement.lang || "en";
  const parts = [`${width} × ${height}`];
  if (ratio) parts.push(ratio);
  if (bytes) {
    const [size, unit] = bytes < 1e6 ? [bytes / 1e3, "kilobyte"] : [bytes / 1e6, "megabyte"];
    const maximumFractionDigits = unit === "kilobyte" ? 0 : 1;
    parts.push(new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits }).format(size));
  }
  return parts.join(", ");
}

function ratioOf(width, height) {
  for (const [x, y] of [[2, 3], [9, 16], [3, 4], [4, 5], [1, 1], [1, 2], [1, 3], [4, 3], [3, 2], [16, 9]]) {
    if (Math.abs(width / height - x / y) < 0.006) return `${x}:${y}`;
  }
  return "";
}

// By address alone the browser is told no bytes. What ends as one of these it can show, and Pinterest won't take.
const NOT_TAKEN = { gif: "GIF", bmp: "BMP", svg: "SVG", avif: "AVIF", heic: "HEIC", heif: "HEIC", webm: "WebM" };
const TAKEN = ["jpg", "jpeg", "jfif", "png", "webp", "mp4", "m4v", "mov"];
function endingOf(url) {
  try {
    return new URL(url).pathname.split(".").pop().toLowerCase();
  } catch {
    return "";
  }
}

// Only what is known to be good gets the tick.
function sayLoaded(width, height, url) {
  const ending = endingOf(url);
  if (NOT_TAKEN[ending]) say(put(words.notTaken, NOT_TAKEN[ending]), "circle-alert", "i look");
  else if (TAKEN.includes(ending)) say(put(words.loaded, describe(width, height, 0)), "circle-check", "i ok");
  else say(put(words.loaded, describe(width, height, 0)), "image");
}

// What the server found in the file of one's own. With a note that Pinterest won't take it, it gets no tick.
function sayAnswer({ kind, width, height, bytes, ratio, has_doubts: hasDoubts }) {
  const facts = width && height ? describe(width, height, bytes, ratio) : "";
  const [sign, tone] = hasDoubts ? ["triangle-alert", "i look"] : ["circle-check", "i ok"];
  say([kind, facts].filter(Boolean).join(", "), sign, tone);
}

const note = (text) => {
  const list = one("[data-media-notes]");
  if ([...list.children].some((line) => line.textContent === text)) return;
  const line = document.createElement("li");
  line.textContent = text;
  list.append(line);
  list.hidden = false;
};

function clearNotes() {
  const list = one("[data-media-notes]");
  list.replaceChildren();
  list.hidden = true;
}

function showNothing() {
  for (const frame of frames()) frame.querySelectorAll("img, video").forEach((part) => part.remove());
  one("[data-preview-none]").hidden = false;
}

function makePicture(url) {
  const image = new Image();
  Object.assign(image, { alt: field("alt_text").value, referrerPolicy: "no-referrer", decoding: "async" });
  image.addEventListener("load", () => {
    settle();
    if (!local) sayLoaded(image.naturalWidth, image.naturalHeight, url);
  });
  image.addEventListener("error", () => {
    settle();
    if (!local) say(words.gone, "image-off");
    else if (image.isConnected) {
      showNothing();
      if (local.answer) note(words.undecodable);
      else say(words.later, "image");
    }
  });
  image.src = url;
  return image;
}

function makeVideo(url) {
  const video = document.createElement("video");
  Object.assign(video, { muted: true, controls: true, playsInline: true, preload: "metadata" });
  const cover = field("cover_image_url").value.trim();
  const still = isWeb(cover) ? cover : local?.answer?.thumbnail;
  if (still) video.poster = still;
  const cannotShow = () => {
    if (local?.answer) note(words.unseen);
    else say(words.unseen, "image-off");
  };
  video.addEventListener("loadedmetadata", () => {
    settle();
    // Sound alone has no width: the film's picture is of a kind that this browser can't read.
    if (!video.videoWidth) cannotShow();
    else if (!local) sayLoaded(video.videoWidth, video.videoHeight, url);
  });
  video.addEventListener("error", () => {
    settle();
    if (local) cannotShow();
    else say(words.goneVideo, "image-off");
    // With a still of it there is something to see all the same.
    if (video.isConnected && !still) showNothing();
  });
  video.src = url;
  return video;
}

const frames = () => [one("[data-preview-pic]"), document.querySelector("[data-preview-small]")].filter(Boolean);
const settle = () => frames()[0].classList.remove("is-loading");

// A picture that is here is shown as the server made it: small, upright, and of kinds that no browser shows.
function urlOf(typed) {
  if (!local) return isWeb(typed) ? typed : "";
  return local.answer?.thumbnail && local.media === "image" ? local.answer.thumbnail : (local.blob ?? local.url ?? "");
}

function showMedia() {
  const typed = field("media_url").value.trim();
  // A changed address is no longer the file.
  if (local && local.url !== typed && local.url !== null) local = null;
  const url = urlOf(typed);
  const isSettled = Boolean(local?.answer);
  const key = `${isVideo()} ${url} ${isSettled} ${isVideo() ? field("cover_image_url").value.trim() : ""}`;
  if (key === shown) return;
  shown = key;
  const [large, small] = frames();
  for (const frame of [large, small]) {
    frame?.querySelectorAll("img, video, .pic-gone-part").forEach((part) => part.remove());
    frame?.classList.remove("pic-gone");
  }
  one("[data-preview-none]").hidden = Boolean(url);
  say("");
  clearNotes();
  if (local?.answer) sayAnswer(local.answer);
  for (const text of local?.answer?.notes ?? []) note(text);
  if (!url) return;
  large.classList.add("is-loading");
  if (!local) say(isVideo() ? words.loadingVideo : words.loading);
  const media = isVideo() ? makeVideo(url) : makePicture(url);
  large.append(media);
  const still = isVideo() ? local?.answer?.thumbnail : url;
  if (small && still) {
    const copy = new Image();
    copy.alt = "";
    copy.referrerPolicy = "no-referrer";
    copy.addEventListener("error", () => copy.remove());
    copy.src = still;
    small.append(copy);
  }
}

// While an address is typed it isn't one yet.
function showMediaSoon() {
  clearTimeout(timer);
  timer = setTimeout(showMedia, 400);
}

function showAll() {
  showWords();
  showAccount();
  showColor();
  showMedia();
}

if (form) {
  form.addEventListener("input", (event) => {
    if (["title", "description", "alt_text"].includes(event.target.name)) showWords();
    if (event.target.name === "dominant_color") showColor();
    if (["media_url", "cover_image_url"].includes(event.target.name)) showMediaSoon();
  });
  form.addEventListener("change", (event) => {
    if (event.target.name === "account") showAccount();
    if (["media_type", "media_url", "cover_image_url"].includes(event.target.name)) showMedia();
  });
  form.addEventListener("compose:filled", showAll);
  // From compose-upload.js, which says what is in it; null when it came to nothing.
  form.addEventListener("compose:local", (event) => {
    // The address of a file on the disk holds nothing in memory, so it may stay until the page goes.
    local = event.detail;
    showMedia();
  });
  one("[data-preview-moves]").hidden = false;
  window.addEventListener("pageshow", showAll);
  showAll();
}
