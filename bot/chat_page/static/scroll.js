// Where the page stands: it follows new messages, unless somebody went up to read.
const NEAR = 150;
const header = document.querySelector("header");
const dock = document.querySelector(".dock");
const newer = document.getElementById("newer");
const page = document.scrollingElement;

function lowest() {
  return page.scrollHeight - page.clientHeight;
}

/** Whether the latest message is in sight. */
export function atEnd() {
  return lowest() - page.scrollTop < NEAR;
}

export function toEnd() {
  page.scrollTo(0, lowest());
  newer.hidden = true;
}

/** Show as much of a new message as fits, its beginning first. */
export function follow(article) {
  const top = article.getBoundingClientRect().top + page.scrollTop - header.offsetHeight - 12;
  page.scrollTo(0, Math.min(lowest(), top));
}

export function sayNewer() {
  newer.hidden = false;
}

/** What has the focus, or is jumped to, must not lie under the bars. */
function leaveRoom() {
  const { style } = document.documentElement;
  const stuck = getComputedStyle(header).position === "sticky";
  style.scrollPaddingTop = `${stuck ? header.offsetHeight : 0}px`;
  style.scrollPaddingBottom = `${dock.offsetHeight}px`;
}

new ResizeObserver(leaveRoom).observe(dock);
new ResizeObserver(leaveRoom).observe(header);
newer.addEventListener("click", () => {
  toEnd();
  document.getElementById("text").focus();
});
addEventListener("scroll", () => {
  if (atEnd()) newer.hidden = true;
}, { passive: true });
