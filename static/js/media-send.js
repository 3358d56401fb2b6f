// Sends a file to the dashboard in pieces, goes on where it broke, and follows it until PostPeer has it. Short
// requests, so that a slow line holds nobody up. Loaded when a file is chosen; says nothing itself: `tell` is told.

// Seconds before the next try; the last one stays.
const WAITS = [1, 2, 4, 8, 15, 30];
// So many failures in a row end it; the pieces that arrived stay for the next try.
const MOST_FAILURES = 12;
const MOST_WRONG_SUMS = 4;
const MOST_WAIT = 300;
// Without a sign of life for so long (ms), a request is given up and made anew.
const STALLED = 90_000;
const POLL = 1000;
// As the server cuts them; it says so itself when an upload begins.
const PIECE_BYTES = 8388608;
const MOST_ROUNDS = 3;
const MOST_AGE = 864e5;

// The server's reason, a sentence for people; empty where something between here and there refused it.
export class Refused extends Error {}
// A page in place of an answer is the sign-in.
export class SignedOut extends Error {}
class Gone extends Error {}

// May go better the next time; `wait`: seconds the server asks for.
class Broken extends Error {
  constructor(wait = null) {
    super("broken");
    this.wait = wait;
  }
}

// Waits; a line that comes back ends the wait, Cancel too.
function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const stop = (done) => () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      removeEventListener("online", onOnline);
      done();
    };
    const onAbort = stop(() => reject(signal.reason));
    const onOnline = stop(resolve);
    const timer = setTimeout(onOnline, milliseconds);
    signal.addEventListener("abort", onAbort);
    addEventListener("online", onOnline);
    if (signal.aborted) onAbort();
  });
}

function readWait(header) {
  if (!header) return null;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), MOST_WAIT) : null;
}

function readAnswer(request) {
  if (request.status === 404) throw new Gone();
  if (request.status === 0 || request.status >= 500 || [408, 429].includes(request.status)) {
    throw new Broken(readWait(request.getResponseHeader("Retry-After")));
  }
  if (request.status === 204) return { status: 204, answer: {} };
  // Of a proxy in between, whose limit is below a piece's size.
  if (request.status === 413) throw new Refused("");
  try {
    return { status: request.status, answer: JSON.parse(request.responseText) };
  } catch {
    throw new SignedOut();
  }
}

// fetch tells nothing of what has left; this does.
function ask(method, url, { body = null, headers = {}, signal, onProgress = () => {} }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let timer;
    const isAlive = () => {
      clearTimeout(timer);
      timer = setTimeout(() => request.abort(), STALLED);
    };
    const stop = () => request.abort();
    const end = (settle) => () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      try { settle(); } catch (error) { reject(error); }
    };
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (event) => {
      isAlive();
      onProgress(event.loaded);
    });
    request.addEventListener("progress", isAlive);
    request.addEventListener("load", end(() => resolve(readAnswer(request))));
    request.addEventListener("error", end(() => reject(new Broken())));
    request.addEventListener("abort", end(() => reject(signal.aborted ? signal.reason : new Broken())));
    signal.addEventListener("abort", stop);
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    isAlive();
    request.send(body);
  });
}

async function waitForLine({ signal, tell }) {
  while (!navigator.onLine) {
    tell({ state: "offline" });
    await pause(5000, signal);
  }
}

async function keepTrying(work, context) {
  for (let failures = 0; ;) {
    await waitForLine(context);
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      // Without a line it isn't the request's fault.
      if (!navigator.onLine) continue;
      failures += 1;
      if (failures > MOST_FAILURES) throw error;
      context.tell({ state: "again" });
      await pause((error.wait ?? WAITS[Math.min(failures, WAITS.length) - 1]) * 1000, context.signal);
    }
  }
}

const post = (url, context, fields = {}) => keepTrying(() => ask("POST", url, {
  headers: { "Content-Type": "application/json", "X-CSRFToken": context.token() },
  body: JSON.stringify(fields),
  signal: context.signal,
}), context);

const look = (url, context) => keepTrying(() => ask("GET", url, { signal: context.signal }), context);

// Only where the page came by https or from this machine has a browser this; elsewhere the server does without.
async function sumOf(bytes) {
  if (!globalThis.crypto?.subtle) return null;
  const sum = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(sum), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function sendPiece(url, number, length, context) {
  const { file, signal, tell, token } = context;
  const from = number * length;
  const piece = await file.slice(from, from + length).arrayBuffer();
  const sum = await sumOf(piece);
  return keepTrying(() => ask("PUT", `${url}pieces/${number}/`, {
    headers: {
      "Content-Type": "application/octet-stream",
      "X-CSRFToken": token(),
      ...(sum && { "X-Piece-SHA256": sum }),
    },
    body: piece,
    signal,
    onProgress: (loaded) => tell({ state: "uploading", sent: Math.min(from + loaded, file.size), size: file.size }),
  }), context);
}

// Until the server has every byte. What it says it has counts, not what left here.
async function sendPieces(url, received, length, context) {
  const { file, tell } = context;
  let here = received;
  let wrong = 0;
  while (here < file.size) {
    tell({ state: "uploading", sent: here, size: file.size });
    const { status, answer } = await sendPiece(url, Math.floor(here / length), length, context);
    const isForward = Number.isInteger(answer.received) && answer.received > here;
    if ([200, 409].includes(status) && isForward) {
      here = answer.received;
      wrong = 0;
      continue;
    }
    wrong += 1;
    if (wrong >= MOST_WRONG_SUMS || ![200, 409, 422].includes(status)) throw new Refused(answer.error ?? "");
    if (Number.isInteger(answer.received)) here = answer.received;
  }
}

// The browser's own memory of what is under way, so that a reload of the page loses nothing. It may be forbidden. It
// goes with what else the forms keep, in app.js.
function memoryOf({ file, owner, purpose }) {
  const key = [`dash:upload:${owner}`, purpose, file.name, file.size, file.lastModified].join(":");
  const guarded = (work) => {
    try {
      return work();
    } catch {
      return null;
    }
  };
  return {
    read: () => guarded(() => {
      const { id, at } = JSON.parse(sessionStorage.getItem(key));
      return Date.now() - at < MOST_AGE ? id : null;
    }),
    keep: (id) => guarded(() => sessionStorage.setItem(key, JSON.stringify({ id, at: Date.now() }))),
    forget: () => guarded(() => sessionStorage.removeItem(key)),
  };
}

async function findBegun(memory, context) {
  const id = memory.read();
  if (!id) return null;
  try {
    const { answer } = await look(`${context.base}${id}/`, context);
    const isSame = answer.size === context.file.size && ["uploading", "checking", "sending"].includes(answer.state);
    return isSame ? { ...answer, id } : null;
  } catch (error) {
    if (error instanceof Gone) return null;
    throw error;
  }
}

async function begin(memory, context) {
  const { file, base, purpose, isAi } = context;
  context.tell({ state: "asking" });
  const fields = { filename: file.name, size: file.size, purpose };
  if (isAi !== null) fields.ai_label = isAi;
  const { status, answer } = await post(base, context, fields);
  if (status !== 201) throw new Refused(answer.error ?? "");
  memory.keep(answer.id);
  return { ...answer, state: "uploading" };
}

// From what the server said last until PostPeer has the file.
async function follow(url, first, context) {
  let answer = first;
  for (let rounds = 0; answer.state !== "ready";) {
    if (answer.state === "refused") throw new Refused(answer.error ?? "");
    if (answer.state === "uploading") {
      rounds += 1;
      if (rounds > MOST_ROUNDS) throw new Refused("");
      await sendPieces(url, answer.received ?? 0, first.piece_bytes ?? PIECE_BYTES, context);
      context.tell({ state: "checking" });
      const { status, answer: ended } = await post(`${url}finish/`, context);
      // 409: pieces are missing after all. They are sent, from where the server is.
      if (status === 409) answer = { state: "uploading", received: ended.received };
      else if (ended.state) answer = ended;
      else throw new Refused(ended.error ?? "");
      continue;
    }
    context.tell({ state: answer.state });
    await pause(POLL, context.signal);
    ({ answer } = await look(url, context));
  }
  return answer;
}

// What isn't wanted any more goes at once; when that fails, the server's own clearing does it later.
function discard(url, context) {
  fetch(`${url}discard/`, { method: "POST", headers: { "X-CSRFToken": context.token() }, keepalive: true })
    .catch(() => {});
}

async function followOrDiscard(url, first, context) {
  try {
    return await follow(url, first, context);
  } catch (error) {
    if (context.signal.aborted) discard(url, context);
    throw error;
  }
}

// Send one file. Return the server's last answer, with the address of the file here as `here`.
//   file, purpose ("media" or "cover"), base (address of the team's files), signal, tell
//   owner: team:person, whose memory it is
//   token: a function, since a sign-in elsewhere may change it
//   isAi: true, false, or null to leave it to the team's default
export async function sendFile(context) {
  const memory = memoryOf(context);
  for (let tries = 0; ; tries += 1) {
    try {
      const first = (await findBegun(memory, context)) ?? (await begin(memory, context));
      const url = `${context.base}${first.id}/`;
      const answer = await followOrDiscard(url, first, context);
      memory.forget();
      return { ...answer, here: url };
    } catch (error) {
      if (error instanceof Gone && tries < 1) memory.forget();
      else {
        if (error instanceof Refused || error instanceof Gone || context.signal.aborted) memory.forget();
        throw error;
      }
    }
  }
}

// Have a piece cut out of a picture that is here. Return the answer for the new file.
export async function cutFile(context, from, box) {
  context.tell({ state: "cutting" });
  const { status, answer } = await post(`${from}crop/`, context, box);
  if (status !== 201 && !answer.state) throw new Refused(answer.error ?? "");
  const url = `${context.base}${answer.id}/`;
  return { ...(await followOrDiscard(url, answer, context)), here: url };
}

// Return what the server says of a file that is here, or null.
export async function readFile(url, context) {
  try {
    const { answer } = await look(url, context);
    return answer.state === "ready" ? { ...answer, here: url } : null;
  } catch {
    return null;
  }
}
