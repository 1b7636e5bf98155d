// The log: draws messages, each in its place, and redraws one that changed. Text is only ever set as text.

const LINK = /https?:\/\/[^\s<>"'，。；、！？）】》]+/g;
const LAST = "~";
const SHORT = 40;

/** @param {string} name @param {string} className @param {string} [text] */
export function element(name, className = "", text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

export class Log {
  /** @param {HTMLElement} root @param {(entry: any, button: any) => void} press */
  constructor(root, press) {
    this.root = root;
    this.press = press;
    this.entries = new Map();
    this.arrived = new Set();
  }

  get first() {
    return this.entries.size ? this.root.querySelector("[data-key]").entry : null;
  }

  /** Show a message as it is now. Returns its article when it is new, else null. */
  show(entry) {
    const isNew = !this.entries.has(entry.key);
    const article = this.entries.get(entry.key) ?? this.#unsent(entry.id) ?? element("article");
    // After a reconnection everything comes once more; a screen reader must not read it again.
    if (!isNew && JSON.stringify(article.entry) === JSON.stringify(entry)) return null;
    this.entries.set(entry.key, article);
    if (entry.id) this.arrived.add(entry.id);
    article.entry = entry;
    article.note = null;
    article.dataset.key = entry.key;
    article.dataset.order = entry.order;
    article.dataset.day = entry.day;
    delete article.dataset.unsent;
    this.#fill(article);
    if (isNew) this.#place(article);
    return isNew ? article : null;
  }

  /** Show what is on its way: `state` is sending or failed, `actions` the buttons a failed one offers. */
  showUnsent({ id, text, picture, state, sentence, actions = [] }) {
    // The answer to sending may be lost, or come after the message itself has come back with the others.
    if (this.arrived.has(id)) return null;
    const article = this.#unsent(id) ?? element("article");
    article.dataset.unsent = id;
    article.dataset.order = LAST;
    article.entry = { own: true, time: "", text, picture, kind: picture ? "photo" : "words", buttons: [] };
    article.note = { state, sentence, actions };
    this.#fill(article);
    if (!article.isConnected) this.root.append(article);
    return article;
  }

  removeUnsent(id) {
    this.#unsent(id)?.remove();
  }

  /** Say under a message how pressing one of its buttons goes: sending, chosen or failed. */
  notePress(key, note) {
    const article = this.entries.get(key);
    article.note = note;
    this.#fill(article);
  }

  #unsent(id) {
    return id ? this.root.querySelector(`[data-unsent="${CSS.escape(id)}"]`) : null;
  }

  #place(article) {
    let after = this.root.lastElementChild;
    while (after && (after === article || after.dataset.order > article.dataset.order)) {
      after = after.previousElementSibling;
    }
    const there = after ? after.nextElementSibling : this.root.firstElementChild;
    if (there !== article) this.root.insertBefore(article, there);
    this.#markDay(article);
    if (article.nextElementSibling) this.#markDay(article.nextElementSibling);
  }

  /** The day stands above the first message of each day. */
  #markDay(article) {
    const { day } = article.dataset;
    article.querySelector(".day")?.remove();
    if (day && article.previousElementSibling?.dataset.day !== day) article.prepend(element("p", "day", day));
  }

  #fill(article) {
    const { entry, note } = article;
    const hadFocus = article.contains(document.activeElement);
    const day = article.querySelector(".day");
    const bubble = element("div", "bubble");
    const who = entry.own ? "您" : "助手";
    article.className = `${entry.own ? "own" : "assistants"} is-${entry.kind}`;
    article.setAttribute("aria-label", `${who}${entry.time ? `，${entry.time}` : ""}`);
    bubble.append(element("p", "who", entry.time ? `${who} · ${entry.time}` : who));
    const picture = entry.picture ?? (entry.kind === "voice" ? null : entry.file);
    if (picture) bubble.append(photo(picture, entry.own));
    if (entry.kind === "voice") bubble.append(element("p", "text", "（录音）"));
    if (entry.text) bubble.append(written(entry));
    this.#fillEnd(bubble, article, entry, note);
    article.replaceChildren(...(day ? [day] : []), bubble);
    if (hadFocus) (bubble.querySelector("button, [tabindex]") ?? document.getElementById("text")).focus();
  }

  #fillEnd(bubble, article, entry, note) {
    if (article.dataset.unsent) {
      bubble.append(...unsentNote(note));
    } else if (entry.chosen || note?.state === "chosen") {
      bubble.append(focusable(element("p", "chosen", `您选了：${entry.chosen ?? note.title}`)));
    } else if (entry.buttons.length && note?.state === "sending") {
      bubble.append(focusable(element("p", "note", `正在发送：${note.title}……`)));
    } else if (entry.buttons.length) {
      if (note?.state === "failed") bubble.append(alert(`${note.sentence}请再按一次。`));
      const choices = element("div", "choices");
      for (const button of entry.buttons) {
        const shown = element("button", "choice", button.title);
        shown.type = "button";
        shown.addEventListener("click", () => this.press(entry, button));
        choices.append(shown);
      }
      bubble.append(choices);
    }
  }
}

function unsentNote({ state, sentence, actions }) {
  if (state === "sending") return [element("p", "note", "正在发送……")];
  const choices = element("div", "choices");
  for (const [title, act] of actions) {
    const button = element("button", "choice", title);
    button.type = "button";
    button.addEventListener("click", act);
    choices.append(button);
  }
  return [alert(sentence), choices];
}

function photo(source, own) {
  const image = element("img", "picture");
  image.alt = own ? "您发的照片" : "助手发来的图片";
  image.src = source;
  return image;
}

/** The words of a message; of the assistant's, a short first line stands out, and addresses of pages are links. */
function written(entry) {
  const text = element("p", "text");
  const [first, ...rest] = entry.text.split("\n");
  let from = 0;
  if (!entry.own && rest.length && first.length <= SHORT && !first.match(LINK)) {
    text.append(element("strong", "", first));
    from = first.length;
  }
  for (const found of entry.own ? [] : entry.text.matchAll(LINK)) {
    const link = element("a", "", found[0]);
    link.href = found[0];
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    text.append(entry.text.slice(from, found.index), link);
    from = found.index + found[0].length;
  }
  text.append(entry.text.slice(from));
  return text;
}

function alert(sentence) {
  const made = element("p", "trouble", sentence);
  made.setAttribute("role", "alert");
  return made;
}

function focusable(made) {
  made.tabIndex = -1;
  return made;
}
