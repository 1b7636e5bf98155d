// Where the page stands: it stays at the latest message, unless somebody went up to read.
const NEAR = 150;
const REACHED = 8;
const header = document.querySelector("header");
const dock = document.querySelector(".dock");
const newer = document.getElementById("newer");
const page = document.scrollingElement;
let atEnd = true;

function lowest() {
  return page.scrollHeight - page.clientHeight;
}

function isBelow(distance) {
  return lowest() - page.scrollTop > distance;
}

/** Whether the reader follows the conversation rather than reading further up. */
export function isFollowing() {
  return atEnd;
}

export function toEnd() {
  atEnd = true;
  page.scrollTo(0, lowest());
  newer.hidden = true;
}

/** Show as much of a new message as fits, its beginning first. */
export function showFromTop(article) {
  const top = article.getBoundingClientRect().top + page.scrollTop - covered() - 12;
  page.scrollTo(0, Math.min(lowest(), top));
  if (isBelow(REACHED)) offer("往下看");
}

/** Say that something came while somebody reads further up. */
export function sayNewer() {
  offer("有新消息，往下看");
}

function offer(words) {
  newer.textContent = words;
  newer.hidden = false;
}

/** How much of the top of the screen the header takes once the page has scrolled. */
function covered() {
  const { position, top } = getComputedStyle(header);
  return position === "sticky" ? header.offsetHeight + parseFloat(top) : 0;
}

/** What has the focus, or is jumped to, must not lie under the bars; the end stays the end when something grows. */
function settle() {
  const { style } = document.documentElement;
  style.setProperty("--name-height", `${header.querySelector(".tools").offsetTop - 6}px`);
  style.scrollPaddingTop = `${covered()}px`;
  style.scrollPaddingBottom = `${dock.offsetHeight}px`;
  if (atEnd) toEnd();
}

const sizes = new ResizeObserver(settle);
for (const part of [header, dock, document.querySelector("main")]) sizes.observe(part);

newer.addEventListener("click", () => page.scrollBy(0, page.clientHeight - covered() - dock.offsetHeight - 40));
addEventListener("scroll", () => {
  atEnd = !isBelow(NEAR);
  if (!newer.hidden && !isBelow(REACHED)) {
    if (document.activeElement === newer) document.getElementById("text").focus();
    newer.hidden = true;
  }
}, { passive: true });
