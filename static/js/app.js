// What every page shares. Each part stands alone, listens on the document, and so also serves what htmx brings in
// later. Other scripts can ask for the toast with:
// document.dispatchEvent(new CustomEvent("dash:say", { detail: "Link copied" })).

const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const csrf = () => one('meta[name="csrf-token"]')?.content ?? "";

// Menus are <details data-menu>: they open without any script; here they learn to close.
function closeMenus(except) {
  for (const menu of all("details[data-menu][open]")) {
    if (menu !== except && !(except && menu.contains(except))) menu.open = false;
  }
}
document.addEventListener("click", (event) => closeMenus(event.target.closest?.("details[data-menu]") ?? event.target));
document.addEventListener("focusin", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details[data-menu][open]") ?? one("details[data-menu][open]");
  if (!menu) return;
  const summary = one("summary", menu);
  if (event.key === "Escape") {
    menu.open = false;
    summary.focus();
    event.preventDefault();
  } else if (
    ["ArrowDown", "ArrowUp"].includes(event.key)
    && menu.contains(event.target)
    && !event.target.matches("input, select, textarea")
  ) {
    const stops = all("a[href], button:not(:disabled)", menu).filter((stop) => stop.offsetParent !== null);
    const here = stops.indexOf(event.target);
    const next = event.key === "ArrowDown" ? here + 1 : here < 0 ? stops.length - 1 : here - 1;
    stops[(next + stops.length) % stops.length]?.focus();
    event.preventDefault();
  }
});

// A toast says only what needs no answer.
let toastTimer;
function say(text) {
  const line = one("#toast");
  if (!line || !text) return;
  line.textContent = text;
  line.classList.add("is-shown");
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => line.classList.remove("is-shown"), 3500);
}
document.addEventListener("dash:say", (event) => say(event.detail));

// Copy buttons: <button data-copy="https://…" data-copied="Link copied">.
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    say(button.dataset.copied);
  } catch {
    // No permission, or no clipboard outside https: show the text where it can be copied by hand.
    window.prompt(button.textContent.trim(), button.dataset.copy);
  }
});

// The theme: at once here, and kept by the server.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-theme-form]") || !event.submitter) return;
  event.preventDefault();
  const theme = event.submitter.value;
  document.documentElement.dataset.bsTheme = theme;
  for (const button of all(`[data-theme-form] button[name="${event.submitter.name}"]`)) {
    button.setAttribute("aria-pressed", String(button.value === theme));
  }
  for (const meta of all('meta[name="theme-color"]')) meta.content = getComputedStyle(document.body).backgroundColor;
  fetch(form.action, {
    method: "POST",
    body: new FormData(form, event.submitter),
    headers: { "X-CSRFToken": csrf(), "X-Requested-With": "fetch" },
  }).catch(() => {
    // Only the choice's memory is lost: the page already shows it.
  });
});

// The browser's own time zone: where nobody has chosen one yet, a person begins with it. Former names, as some browsers
// still report them, stand beside the server's list.
function ownZone() {
  try {
    return Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
  } catch {
    return "";
  }
}
for (const field of all("input[data-browser-zone]")) field.value = ownZone();
for (const list of all("select[data-browser-zone]")) {
  const former = new Map((list.dataset.former ?? "").split(" ").map((pair) => pair.split("=")));
  const zone = former.get(ownZone()) ?? ownZone();
  if (list.value === list.options[0]?.value && [...list.options].some((option) => option.value === zone)) {
    list.value = zone;
  }
}
// Signed in for the first time, by an account that was made on the console.
const zoneUrl = one('meta[name="zone-url"]')?.content;
if (zoneUrl && ownZone()) {
  fetch(zoneUrl, {
    method: "POST",
    body: new URLSearchParams({ time_zone: ownZone() }),
    headers: { "X-CSRFToken": csrf(), "X-Requested-With": "fetch" },
  }).then((answer) => {
    // The times of this page are still UTC's. Where something typed is shown again it stays so.
    if (answer.headers.get("X-Dash-Zone") && !one(".wrong, [data-focus]")) location.replace(location.href);
  }).catch(() => {
    // The next page tells it.
  });
}

// Text and files that a form has kept in this browser (compose-keep.js, compose-upload.js, media-send.js) belong to one
// person. They go when that person signs out, in every tab, and after seven days by themselves. A session that merely
// ends leaves them.
const KEPT_DAYS = 7 * 864e5;
const SIGNED_OUT = "dash:signed-out:";
const keptOwner = (key) => /^dash:(?:compose|edit|file|upload):[^:]*:([^:]*):/.exec(key)?.[1];
function dropKept() {
  try {
    for (const key of Object.keys(sessionStorage).filter((each) => keptOwner(each) !== undefined)) {
      const { at } = JSON.parse(sessionStorage.getItem(key));
      const leftAt = Number(localStorage.getItem(SIGNED_OUT + keptOwner(key)) ?? 0);
      if (!(at > leftAt && Date.now() - at < KEPT_DAYS)) sessionStorage.removeItem(key);
    }
  } catch {
    // Storage may be forbidden, or hold what isn't ours.
  }
}
// First the forms stop keeping, then what they kept goes.
function stopKeeping() {
  document.dispatchEvent(new CustomEvent("dash:signing-out"));
  dropKept();
}
document.addEventListener("submit", (event) => {
  const owner = one("[data-sign-out]", event.target)?.dataset.signOut;
  if (!owner) return;
  try {
    localStorage.setItem(SIGNED_OUT + owner, String(Date.now()));
  } catch {
    // The other tabs keep theirs for seven days then.
  }
  stopKeeping();
});
window.addEventListener("storage", (event) => {
  if (event.key?.startsWith(SIGNED_OUT)) stopKeeping();
});
dropKept();

// Dialogs confirm: <button data-dialog="id"> opens <dialog id>, [data-close] inside closes it. A link there works
// without script.
document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog?.showModal) {
    event.preventDefault();
    closeMenus(null);
    dialog.showModal();
    return;
  }
  if (event.target.closest?.("dialog [data-close]")) {
    event.preventDefault();
    event.target.closest("dialog").close();
  } else if (event.target.matches?.("dialog.dialog")) {
    const box = event.target.getBoundingClientRect();
    const isInside = event.clientX >= box.left && event.clientX <= box.right
      && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!isInside) event.target.close();
  }
});

// A notice can be put away; passwords can be looked at; a demo person fills in the sign-in form.
document.addEventListener("click", (event) => {
  event.target.closest?.("[data-dismiss]")?.closest(".notice, .trouble")?.remove();
  const eye = event.target.closest?.("[data-eye]");
  if (eye) {
    const field = one("input", eye.parentElement);
    const isShown = field.type === "text";
    field.type = isShown ? "password" : "text";
    eye.setAttribute("aria-pressed", String(!isShown));
  }
  const person = event.target.closest?.("[data-person]");
  if (person) {
    const login = one('input[name="login"], input[name="email"]');
    const password = one('input[name="password"]');
    login.value = person.dataset.person;
    password.value = person.dataset.password;
    (login.form.querySelector('[type="submit"]') ?? password).focus();
  }
});

// One press is one request. The button keeps its words and its place and shows that it works.
function markBusy(form, button) {
  form.dataset.busy = "1";
  button?.setAttribute("aria-busy", "true");
  // Whoever stops the loading by hand gets the form back; the server tells a second press from a first.
  setTimeout(() => clearBusy(form.parentElement ?? document), 20000);
}
function clearBusy(root = document) {
  for (const form of all("form[data-busy]", root)) delete form.dataset.busy;
  for (const button of all('.btn[aria-busy="true"]', root)) button.removeAttribute("aria-busy");
}
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.target === "_blank") return;
  if (form.dataset.busy) event.preventDefault();
  else markBusy(form, event.submitter);
});
window.addEventListener("pageshow", () => {
  clearBusy();
  closeMenus(null);
});

// A picture that doesn't load keeps its place and says so.
function markGone(image) {
  const frame = image.closest(".pic");
  if (!frame) {
    if (image.closest(".face")) image.remove();
    return;
  }
  const words = one("#pic-gone");
  if (!words || frame.classList.contains("pic-gone")) return;
  frame.classList.add("pic-gone");
  frame.append(words.content.cloneNode(true));
  if (frame.matches(".pic-s, .pic-xs")) one(".pic-gone-words", frame)?.classList.add("visually-hidden");
  image.hidden = true;
}
// A picture whose address is changed (a preview) gets its place back.
document.addEventListener("load", (event) => {
  const frame = event.target instanceof HTMLImageElement && event.target.closest(".pic.pic-gone");
  if (!frame) return;
  frame.classList.remove("pic-gone");
  for (const part of all(".pic-gone-part", frame)) part.remove();
  event.target.hidden = false;
}, true);
document.addEventListener("error", (event) => {
  if (event.target instanceof HTMLImageElement) markGone(event.target);
}, true);
for (const image of all(".pic img, .face img")) if (image.complete && image.naturalWidth === 0) markGone(image);

// On a phone a person's own pages lie in a row that scrolls: the open one has to be seen.
one(".subnav [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });

// The summary of errors takes the focus, so that it is heard and its links are next.
function meetTrouble(root) {
  (root.matches?.("[data-focus]") ? root : one("[data-focus]", root))?.focus();
}
meetTrouble(document);

// htmx: failures are said on the page and stay there; what comes in is looked at like a new page.
const isSafe = (event) => (event.detail.requestConfig?.verb ?? "get") === "get";
function showFailure(kind) {
  const place = one("#trouble-place");
  const words = one(`#trouble-${kind}`);
  if (!place || !words) return;
  place.replaceChildren(words.content.cloneNode(true));
  place.scrollIntoView({ block: "nearest" });
}
document.addEventListener("htmx:sendError", (event) => showFailure(isSafe(event) ? "unreachable" : "unsure"));
document.addEventListener("htmx:timeout", (event) => showFailure(isSafe(event) ? "unreachable" : "unsure"));
document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  if (status === 403 || status === 401) showFailure("signedout");
  else if (status === 404) showFailure("missing");
  else showFailure(isSafe(event) ? "answer" : "unsure");
});
document.addEventListener("htmx:beforeRequest", (event) => {
  const element = event.detail.elt;
  const form = element.closest("form");
  // What asks again by itself must not wipe the sentence a person is reading.
  if (event.detail.requestConfig?.triggeringEvent?.isTrusted) one("#trouble-place")?.replaceChildren();
  if (form && !isSafe(event)) markBusy(form, event.detail.requestConfig.triggeringEvent?.submitter);
  else if (element.matches(".btn")) element.setAttribute("aria-busy", "true");
});
document.addEventListener("htmx:afterRequest", (event) => {
  const element = event.detail.elt;
  clearBusy(element.closest("form")?.parentElement ?? document);
  if (element.matches(".btn")) element.removeAttribute("aria-busy");
  if (event.detail.successful) {
    const heard = event.detail.xhr.getResponseHeader("X-Dash-Say");
    if (heard) say(decodeURIComponent(heard));
  }
});
document.addEventListener("htmx:afterSwap", (event) => meetTrouble(event.detail.target));

// A status that changes is announced politely: an element with data-announce holds the sentence; new words are read out
// once.
let lastAnnounced = one("[data-announce]")?.dataset.announce ?? "";
document.addEventListener("htmx:afterSettle", () => {
  const sentence = one("[data-announce]")?.dataset.announce ?? "";
  if (sentence === lastAnnounced) return;
  lastAnnounced = sentence;
  const line = one("#announce");
  if (line) line.textContent = sentence;
});
