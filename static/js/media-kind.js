// What a file is, by its first bytes: names lie, and browsers call one and the same file by several types. The server
// decides; this only says at once what it would say later. Loaded when a file is chosen.

// So much is looked at: an SVG's root may stand behind a licence in a comment.
const HEAD_BYTES = 4096;

const HEIC = ["heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "mif1", "msf1"];
const AVIF = ["avif", "avis"];
// QuickTime files of before 2001 begin with any of these (QuickTime File Format, "Overview").
const FIRST_BOXES = ["moov", "mdat", "wide", "free", "skip", "pnot"];

const image = (name) => ({ media: "image", name, refusal: "" });
const video = (name) => ({ media: "video", name, refusal: "" });
// `refusal` names the sentence: "gif", "picture", "film", or "media" for what is neither picture nor film.
const refused = (name, refusal) => ({ media: "", name, refusal });

// A byte's pattern in Latin-1, at a place of the file. ISO BMFF, RIFF and the like are written in such signs.
const SIGNS = [
  [0, "\xff\xd8\xff", image("JPG")],
  [0, "\x89PNG\r\n\x1a\n", image("PNG")],
  [8, "WEBP", image("WebP"), "RIFF"],
  [8, "AVI ", refused("AVI", "film"), "RIFF"],
  [0, "GIF8", refused("GIF", "gif")],
  [0, "%PDF-", refused("PDF", "picture")],
  [0, "II*\0", refused("TIFF", "picture")],
  [0, "MM\0*", refused("TIFF", "picture")],
  [0, "8BPS", refused("PSD", "picture")],
  [0, "\xff\x0a", refused("JPEG XL", "picture")],
  [4, "JXL ", refused("JPEG XL", "picture")],
  [4, "jP  ", refused("JPEG 2000", "picture")],
  [0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11", refused("WMV", "film")],
  [0, "FLV\x01", refused("FLV", "film")],
  [0, "\0\0\x01\xba", refused("MPEG", "film")],
];

// ISO/IEC 14496-12, 4.3: length, "ftyp", the main brand, its version, and the brands it goes with.
function readBrands(head, view) {
  const end = Math.min(view.getUint32(0), head.length);
  const brands = [head.slice(8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(head.slice(at, at + 4));
  return brands;
}

function kindOfBoxes(head, view) {
  const type = head.slice(4, 8);
  if (FIRST_BOXES.includes(type)) return video("MOV");
  if (type !== "ftyp") return null;
  const brands = readBrands(head, view);
  const has = (names) => brands.some((brand) => names.includes(brand));
  if (has(AVIF)) return image("AVIF");
  if (has(HEIC)) return image("HEIC");
  if (brands[0].startsWith("M4A") || brands[0].startsWith("M4B")) return refused("M4A", "media");
  return video(brands[0] === "qt  " ? "MOV" : "MP4");
}

function kindOfText(head) {
  const text = head.replace(/^\xef\xbb\xbf/, "").trimStart().toLowerCase();
  if (/^<(\?xml|!--|!doctype svg|svg)/.test(text) && /<svg[\s>]/.test(text)) return refused("SVG", "picture");
  return null;
}

// Matroska's header (RFC 9559, 4.5) tells WebM from the rest by a word in plain letters.
function kindOfMatroska(head) {
  if (!head.startsWith("\x1a\x45\xdf\xa3")) return null;
  return refused(head.slice(0, 64).includes("webm") ? "WebM" : "MKV", "film");
}

// Packets of 188 bytes, each of which begins with a G (ISO/IEC 13818-1, 2.4.3.2).
function kindOfTransport(head) {
  return [0, 188, 376].every((at) => head[at] === "G") ? refused("MPEG-TS", "film") : null;
}

function kindOfBitmap(head, view) {
  if (!head.startsWith("BM") || head.length < 26) return null;
  // Two fields that are always zero, so that a text that begins with BM isn't one.
  return view.getUint32(6) === 0 ? refused("BMP", "picture") : null;
}

// Return { media: "image" | "video" | "", name: "JPG", refusal: "" }. What isn't known has no name.
export async function readKind(file) {
  const bytes = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const head = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  const view = new DataView(bytes.buffer);
  if (head.length < 8) return refused("", "media");
  const sign = SIGNS.find(([at, text, , before = ""]) => head.startsWith(text, at) && head.startsWith(before));
  return sign?.[2]
    ?? kindOfBoxes(head, view)
    ?? kindOfMatroska(head)
    ?? kindOfTransport(head)
    ?? kindOfBitmap(head, view)
    ?? kindOfText(head)
    ?? refused("", "media");
}
