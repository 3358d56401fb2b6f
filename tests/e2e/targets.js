// What is too low to be hit with a thumb: every visible control whose target is under 44 pixels high, but for links that
// run along in a line of text, and the tabs where compose lays its own bar of buttons over them. The target is what a press really meets, so labels and areas drawn by ::after count.
(least) => {
  const isInText = (element) => {
    if (getComputedStyle(element).display !== "inline") return false;
    const block = element.closest("p, li, dd, small, td, span, div");
    return Boolean(block) && block.textContent.trim().length > element.textContent.trim().length;
  };
  const meets = (element, x, y) => {
    const hit = document.elementFromPoint(x, y);
    return Boolean(hit) && (element === hit || element.contains(hit) || hit.closest("label")?.control === element);
  };
  const found = [];
  for (const element of document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")) {
    if (element.disabled || element.type === "hidden" || element.closest("[hidden], .skip") || (element.closest(".tabs") && document.querySelector(".acts")) || !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    // What is drawn nowhere is met through its label.
    const label = element.labels?.[0];
    const own = element.getBoundingClientRect();
    const isTiny = own.width < 2 || own.height < 2;
    const shown = isTiny ? label : element;
    if (!shown || isInText(element) || (isTiny && !label)) continue;
    shown.scrollIntoView({ block: "center", behavior: "instant" });
    const box = shown.getBoundingClientRect();
    const x = Math.min(Math.max(box.x + box.width / 2, 1), innerWidth - 1);
    const y = box.y + box.height / 2;
    let above = 0;
    let below = 0;
    while (above < least && meets(element, x, y - above - 0.5)) above += 0.5;
    while (below < least && meets(element, x, y + below + 0.5)) below += 0.5;
    if (above + below < least - 1) found.push(`${above + below}: ${element.outerHTML.slice(0, 160).replace(/\s+/g, " ")}`);
  }
  return found;
}
