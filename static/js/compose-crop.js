// A piece of 2:3 out of a picture that is here: a frame to move by touch, mouse and keyboard. The server cuts; what
// is seen at once is drawn here, by drawImage alone: createImageBitmap with a rectangle cuts the wrong piece of every
// photo that its EXIF turns.

const form = document.querySelector("#compose");
const dialog = document.querySelector("#crop");
const one = (selector, root = dialog) => root.querySelector(selector);
const words = document.querySelector("#compose-words")?.dataset ?? {};
const put = (pattern, ...values) => values.reduce((text, value) => text.replace("%s", () => value), pattern ?? "");

const RATIO = 2 / 3;
// Pixels of the picture; below, a pin is mush.
const LEAST_WIDTH = 100;
const SHOWN_WIDTH = 720;
const TEMPLATE = `<cropper-canvas>
  <cropper-image initial-fit="contain"></cropper-image>
  <cropper-shade></cropper-shade>
  <cropper-selection aspect-ratio="${RATIO}" movable resizable precise>
    <cropper-grid rows="3" columns="3" covered aria-hidden="true"></cropper-grid>
    <cropper-handle action="move" plain></cropper-handle>
    <cropper-handle action="ne-resize"></cropper-handle>
    <cropper-handle action="nw-resize"></cropper-handle>
    <cropper-handle action="se-resize"></cropper-handle>
    <cropper-handle action="sw-resize"></cropper-handle>
  </cropper-selection>
</cropper-canvas>`;
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// What is here: from compose-upload.js.
let local = null;
// The crop under way: { cropper, selection, image, whole, scale, least }.
let crop = null;

const wholeOf = (file) => file.original ?? file;
const between = (least, value, most) => Math.min(Math.max(value, least), Math.max(least, most));

// What the browser turns as the server does, in full; of anything else the server's own small picture, upright already.
function sourceOf({ blob, name, answer }) {
  if (blob && ["JPG", "PNG"].includes(name)) return blob;
  return answer.thumbnail || blob || answer.url;
}

async function loadPicture(whole) {
  for (const address of [sourceOf(whole), whole.answer.thumbnail].filter(Boolean)) {
    const image = new Image();
    image.alt = words.cropPicture;
    image.src = address;
    try {
      await image.decode();
    } catch {
      continue;
    }
    const { width, height } = whole.answer;
    // Lying on its side here, a frame would cut another piece there.
    if (Math.abs(image.naturalWidth / image.naturalHeight / (width / height) - 1) < 0.02) return image;
  }
  return null;
}

// Inside the picture, of the ratio, and no smaller than makes sense. In pixels of the screen.
function clamp({ x, y, width }) {
  const { selection, least } = crop;
  const { offsetWidth, offsetHeight } = selection.parentElement;
  const wide = between(least, width, Math.min(offsetWidth, offsetHeight * RATIO));
  const high = wide / RATIO;
  return { x: between(0, x, offsetWidth - wide), y: between(0, y, offsetHeight - high), width: wide, height: high };
}

function place(wanted) {
  const { selection } = crop;
  const { x, y, width, height } = clamp(wanted);
  crop.isPlacing = true;
  selection.$change(x, y, width, height, RATIO, true);
  crop.isPlacing = false;
  sayFrame();
}

// In upright pixels of the whole picture, as the server takes it.
function readBox() {
  const { selection, scale, whole } = crop;
  const { width: most, height: highest } = whole.answer;
  const width = between(1, Math.round(selection.width * scale), most);
  const height = between(1, Math.round(width / RATIO), highest);
  return {
    left: between(0, Math.round(selection.x * scale), most - width),
    top: between(0, Math.round(selection.y * scale), highest - height),
    width,
    height,
  };
}

let saying;
function sayFrame() {
  const { left, top, width, height } = readBox();
  const text = put(words.cropFrame, width, height, left, top);
  one("[data-crop-size]").textContent = `${width} × ${height}`;
  crop.selection.setAttribute("aria-label", text);
  // Said when the hand rests.
  clearTimeout(saying);
  saying = setTimeout(() => {
    one("[data-crop-said]").textContent = text;
  }, 400);
}

function onChange(event) {
  if (crop.isPlacing) return;
  const wanted = event.detail;
  const allowed = clamp(wanted);
  const isInside = ["x", "y", "width", "height"].every((side) => Math.abs(wanted[side] - allowed[side]) < 0.5);
  if (isInside) {
    queueMicrotask(() => crop && sayFrame());
    return;
  }
  event.preventDefault();
  const { x, y, width } = crop.selection;
  // A frame pulled beyond the edge keeps the corner that isn't pulled; one that is moved keeps its size.
  const isMoved = Math.abs(wanted.width - width) < 0.5;
  place(isMoved ? { x: wanted.x, y: wanted.y, width } : pulled(wanted, { x, y, width }));
}

// The largest frame towards where it is pulled that stays within the picture.
function pulled(wanted, was) {
  const { offsetWidth, offsetHeight } = crop.selection.parentElement;
  const isLeft = Math.abs(wanted.x - was.x) > 0.01;
  const isUp = Math.abs(wanted.y - was.y) > 0.01;
  const right = was.x + was.width;
  const bottom = was.y + was.width / RATIO;
  const room = Math.min(isLeft ? right : offsetWidth - was.x, (isUp ? bottom : offsetHeight - was.y) * RATIO);
  const width = between(crop.least, wanted.width, room);
  return { x: isLeft ? right - width : was.x, y: isUp ? bottom - width / RATIO : was.y, width };
}

function onKey(event) {
  if (event.key === "Enter") {
    event.preventDefault();
    apply();
    return;
  }
  const step = STEPS[event.key];
  if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const { selection } = crop;
  const size = selection.parentElement.offsetWidth / 100;
  const [across, down] = step.map((part) => part * size);
  if (!event.shiftKey) {
    place({ x: selection.x + across, y: selection.y + down, width: selection.width });
    return;
  }
  // Right and down make it larger, about its middle.
  const width = clamp({ x: 0, y: 0, width: selection.width + (across + down) * 2 }).width;
  const more = width - selection.width;
  place({ x: selection.x - more / 2, y: selection.y - more / RATIO / 2, width });
}

// The room that the dialog has, in the picture's own ratio.
function fit(canvas) {
  const { width, height } = crop.whole.answer;
  const room = one("[data-crop-place]");
  const shown = Math.min(room.clientWidth, (window.innerHeight * 0.55 * width) / height);
  // By the CSSOM, which the policy for styles allows.
  canvas.style.width = `${shown}px`;
  canvas.style.height = `${(shown * height) / width}px`;
  crop.scale = width / shown;
  crop.least = Math.min(LEAST_WIDTH, width, height * RATIO) / crop.scale;
}

function firstFrame() {
  const { offsetWidth, offsetHeight } = crop.selection.parentElement;
  const { box } = local;
  if (box) return { x: box.left / crop.scale, y: box.top / crop.scale, width: box.width / crop.scale };
  const width = Math.min(offsetWidth, offsetHeight * RATIO);
  return { x: (offsetWidth - width) / 2, y: (offsetHeight - width / RATIO) / 2, width };
}

async function open() {
  const button = one("[data-crop]", form);
  const whole = wholeOf(local);
  button.setAttribute("aria-busy", "true");
  showWrong("");
  try {
    const [{ default: Cropper }, image] = await Promise.all([import(dialog.dataset.cropper), loadPicture(whole)]);
    if (!image) throw new Error("picture");
    dialog.showModal();
    const room = one("[data-crop-place]");
    const cropper = new Cropper(image, { container: room, template: TEMPLATE });
    const selection = cropper.getCropperSelection();
    crop = { cropper, selection, image, whole, scale: 1, least: 1, isPlacing: false };
    fit(cropper.getCropperCanvas());
    await cropper.getCropperImage().$ready();
    cropper.getCropperImage().$center("contain");
    selection.tabIndex = 0;
    selection.setAttribute("role", "application");
    selection.setAttribute("aria-roledescription", words.cropRole);
    selection.setAttribute("aria-describedby", "crop-hint");
    selection.addEventListener("change", onChange);
    selection.addEventListener("keydown", onKey);
    place(firstFrame());
    selection.focus();
  } catch {
    close();
    showWrong(words.cropFailed);
  } finally {
    button.removeAttribute("aria-busy");
  }
}

function showWrong(text) {
  const line = one("[data-crop-wrong]", form);
  line.hidden = !text;
  one("span", line).textContent = text;
}

function draw({ left, top, width, height }) {
  const { image, whole } = crop;
  const scale = image.naturalWidth / whole.answer.width;
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.min(SHOWN_WIDTH, Math.round(width * scale)));
  canvas.height = Math.max(1, Math.round(canvas.width / RATIO));
  const from = [left, top, width, height].map((part) => part * scale);
  canvas.getContext("2d").drawImage(image, ...from, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => {
    try {
      canvas.toBlob(resolve, "image/jpeg", 0.9);
    } catch {
      // A picture of another origin can be looked at and not read: then the server's answer is waited for.
      resolve(null);
    }
  });
}

async function apply() {
  if (!crop) return;
  const box = readBox();
  const piece = await draw(box);
  close();
  const blob = piece && URL.createObjectURL(piece);
  form.dispatchEvent(new CustomEvent("compose:cut", { detail: { box, blob } }));
}

function close() {
  if (dialog.open) dialog.close();
}

// However it was closed.
function clear() {
  clearTimeout(saying);
  crop?.cropper.destroy();
  crop = null;
  one("[data-crop-place]").replaceChildren();
  one("[data-crop-said]").textContent = "";
}

// A telephone that is turned keeps the piece that was framed.
function refit() {
  if (!crop) return;
  const { left, top, width } = readBox();
  fit(crop.cropper.getCropperCanvas());
  crop.cropper.getCropperImage().$resetTransform();
  crop.cropper.getCropperImage().$center("contain");
  place({ x: left / crop.scale, y: top / crop.scale, width: width / crop.scale });
}

function showButtons() {
  const isHere = Boolean(local?.answer?.here) && local.media === "image";
  one("[data-crop-acts]", form).hidden = !isHere;
  one("[data-uncrop]", form).hidden = !isHere || !local.original;
}

if (form && dialog) {
  form.addEventListener("compose:local", (event) => {
    local = event.detail;
    showButtons();
    showWrong("");
  });
  form.addEventListener("input", (event) => {
    if (event.target.name !== "media_url" || !local || event.target.value.trim() === local.url) return;
    local = null;
    showButtons();
  });
  one("[data-crop]", form).addEventListener("click", open);
  one("[data-uncrop]", form).addEventListener("click", () => form.dispatchEvent(new CustomEvent("compose:uncut")));
  one("[data-crop-apply]").addEventListener("click", apply);
  // A drag that ends beside the dialog is told as a press beside it, which would close it.
  dialog.addEventListener("click", (event) => event.target === dialog && event.stopPropagation());
  dialog.addEventListener("close", clear);
  window.addEventListener("resize", refit);
}
