// The line that shows how far a file is, with its Cancel button. The compose page has two: one for the file, one for
// the cover. Loaded when a file is chosen.

const put = (pattern, ...values) => values.reduce((text, value) => text.replace("%s", () => value), pattern ?? "");

export function sizeOf(bytes) {
  const language = document.documentElement.lang || "en";
  const [size, unit] = bytes < 1e6 ? [bytes / 1e3, "kilobyte"] : [bytes / 1048576, "megabyte"];
  const maximumFractionDigits = unit === "kilobyte" || size >= 10 ? 0 : 1;
  return new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits }).format(size);
}

// Return { text, part }: what to say of a state that media-send.js tells, and percents where they are known.
function describe(told, name, words) {
  if (told.state === "uploading") {
    const part = Math.floor((told.sent / told.size) * 100);
    if (told.sent === 0) return { text: put(words.uploading, name), part: 0 };
    return { text: `${part} %, ${sizeOf(told.sent)} / ${sizeOf(told.size)}`, part };
  }
  const texts = {
    asking: words.asking,
    offline: words.offline,
    again: words.again,
    checking: words.checking,
    sending: words.passing,
    cutting: words.cutting,
  };
  return { text: texts[told.state] ?? words.checking };
}

// Return { begin, tell, end } for the element that holds a run's bar, its words and its Cancel button.
//   onChange(text or null): for whoever has to wait until the file is there
export function makeRun(root, words, onChange) {
  const bar = root.querySelector("progress");
  const line = root.querySelector("[data-run-words]");
  let stop = null;
  let last = 0;
  let wasBroken = false;
  root.querySelector("[data-run-cancel]").addEventListener("click", () => stop?.());
  const show = (text, part) => {
    line.textContent = text;
    if (part === undefined) bar.removeAttribute("value");
    else bar.value = part;
    onChange(part === undefined ? text : `${part} %`);
  };
  return {
    begin(onStop) {
      stop = onStop;
      last = 0;
      root.hidden = false;
      show(words.asking);
    },
    tell(told, name) {
      const { text, part } = describe(told, name, words);
      // A piece that is sent again doesn't take the bar back, and while the line is broken it stays where it was.
      const isBroken = ["offline", "again"].includes(told.state);
      // Said aloud once: whoever can't see the line waits for nothing.
      if (isBroken && !wasBroken) document.dispatchEvent(new CustomEvent("dash:say", { detail: text }));
      wasBroken = isBroken;
      if (part !== undefined) last = Math.max(last, part);
      show(text, part === undefined && !isBroken ? undefined : last);
    },
    end() {
      stop = null;
      root.hidden = true;
      line.textContent = "";
      onChange(null);
    },
  };
}
