"""What a reader's eye and finger meet on a page, measured in the browser that draws it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

# Every piece of text in sight: its words, size in px and contrast with what lies under it. All that can be
# pressed or written in: its name, width and height in px, and the contrast of its edge. Contrast is the ratio
# of relative luminances as WCAG 2.2 defines it.
_MEASURE = """
() => {
  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const linear = (c) => c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4;
  const luminance = (color) => {
    const [r, g, b] = channels(color).map(linear);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (light + 0.05) / (dark + 0.05);
  };
  const under = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if ((channels(color)[3] ?? 1) === 1) return color;
    }
    return "rgb(255, 255, 255)";
  };
  const inSight = (node) => node.checkVisibility() && !node.closest(".unseen, .skip");
  const text = (words, style, node) =>
    ({ words, size: parseFloat(style.fontSize), contrast: contrast(style.color, under(node)) });
  const texts = [], targets = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const words = walker.currentNode.data.trim(), node = walker.currentNode.parentElement;
    if (words && inSight(node)) texts.push(text(words, getComputedStyle(node), node));
  }
  for (const node of document.querySelectorAll("textarea")) {
    texts.push(text(node.placeholder, getComputedStyle(node, "::placeholder"), node));
  }
  for (const node of document.querySelectorAll("button, textarea, input")) {
    if (!inSight(node)) continue;
    const { width, height } = node.getBoundingClientRect();
    const edge = contrast(getComputedStyle(node).borderColor, under(node.parentElement));
    targets.push({ name: node.textContent.trim() || node.id, width, height, edge });
  }
  return { texts, targets, overflow: document.documentElement.scrollWidth - innerWidth };
}
"""


def measure(page: Page) -> dict[str, Any]:
    """`texts` with words, size (px) and contrast; `targets` with name, width and height (px) and the contrast
    of their edge; `overflow`, by how many px the page is wider than the window."""
    return page.evaluate(_MEASURE)
