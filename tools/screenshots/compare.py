"""Which pictures of two folders differ, by how many pixels, and where."""

import base64
from pathlib import Path
from typing import Any

DIFFERENCES = "differences"
# The browser that took the pictures can read them, too: counts the pixels that differ, and paints them red on a pale
# copy of the later picture. Where one picture is larger, what it has more differs.
_COUNT = """async ([before, after]) => {
  const load = async (data) => {
    const one = new Image();
    one.src = `data:image/png;base64,${data}`;
    await one.decode();
    return one;
  };
  const [a, b] = [await load(before), await load(after)];
  const [width, height] = [Math.max(a.width, b.width), Math.max(a.height, b.height)];
  const pixels = (one) => {
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(one, 0, 0);
    return [canvas, context, context.getImageData(0, 0, width, height)];
  };
  const [, , was] = pixels(a);
  const [canvas, context, is] = pixels(b);
  const [old, now] = [new Uint32Array(was.data.buffer), new Uint32Array(is.data.buffer)];
  let count = 0;
  for (let n = 0; n < now.length; n++) {
    if (old[n] !== now[n]) {
      count++;
      is.data.set([220, 0, 0, 255], 4 * n);
    } else {
      for (let part = 0; part < 3; part++) is.data[4 * n + part] = 255 - (255 - is.data[4 * n + part]) / 4;
    }
  }
  context.putImageData(is, 0, 0);
  return [count, canvas.toDataURL("image/png").split(",")[1]];
}"""


def compare_folders(browser_path: str, before: Path, after: Path) -> int:
    """Say which pictures differ and by how much; their differences are painted into a folder in `after`.

    Returns 1 when any differs or is in one of the folders alone, 2 when there is nothing to compare.
    """
    old, new = ({path.name: path for path in folder.glob("*.png")} for folder in (before, after))
    if not old or not new:
        print(f"There are no pictures in {before if not old else after}.")
        return 2
    both = sorted(old.keys() & new.keys())
    suspects = [name for name in both if old[name].read_bytes() != new[name].read_bytes()]
    lines = [f"{name}: only in {before}" for name in sorted(old.keys() - new.keys())]
    lines += [f"{name}: only in {after}" for name in sorted(new.keys() - old.keys())]
    if suspects:
        lines += _count_all(browser_path, old, new, suspects, after / DIFFERENCES)
    for line in lines:
        print(line)
    print(
        f"{len(both)} pictures compared, {len(lines)} differ." if lines else f"All {len(both)} pictures are the same."
    )
    return 1 if lines else 0


def _count_all(
    browser_path: str, old: dict[str, Path], new: dict[str, Path], suspects: list[str], out: Path
) -> list[str]:
    """Return a line for each of the pictures in which pixels differ, not only how they were packed."""
    from playwright.sync_api import sync_playwright

    lines = []
    out.mkdir(exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        for name in suspects:
            count, picture = _count_pixels(page, old[name], new[name])
            if count:
                (out / name).write_bytes(base64.b64decode(picture))
                lines.append(f"{name}: {count} pixels")
        browser.close()
    return lines


def _count_pixels(page: Any, before: Path, after: Path) -> tuple[int, str]:
    count, picture = page.evaluate(_COUNT, [base64.b64encode(one.read_bytes()).decode() for one in (before, after)])
    return int(count), str(picture)
