// The place to write: what is in it survives a reload, and what could not be sent stays with a button to send it again.
import { element } from "./log.js";
import { freshId, post } from "./post.js";

const LONGEST = Number(document.body.dataset.longest);
const LARGEST_PHOTO = 10 * 1024 * 1024;
const SHRUNK_SIDE = 3000;
const DRAFT = "draft";
const UNSENT = "unsent";
// A hand that trembles presses twice.
const SECOND_TAP = 800;

const text = document.getElementById("text");
const file = document.getElementById("file");
const trouble = document.getElementById("trouble");

export class Composer {
  /** @param {import("./log.js").Log} log @param {() => void} shown called when a message of one's own appears */
  constructor(log, shown) {
    this.log = log;
    this.shown = shown;
    this.picture = null;
    text.value = sessionStorage.getItem(DRAFT) ?? "";
    text.addEventListener("input", () => this.#keepDraft());
    text.addEventListener("keydown", (event) => {
      // While a Chinese input method is choosing characters, Enter belongs to it.
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
        event.preventDefault();
        this.send();
      }
    });
    document.getElementById("say").addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    document.getElementById("pick").addEventListener("click", () => file.click());
    document.getElementById("remove").addEventListener("click", () => this.#setPicture(null));
    file.addEventListener("change", () => {
      this.#setPicture(file.files[0] ?? null);
      file.value = "";
      document.getElementById("send").focus();
    });
    for (const { id, words } of unsent()) this.#failed({ id, words }, "这句话可能没有发出去。", true);
  }

  /** Send what was written, and the photo that was picked. */
  send() {
    const words = text.value.trim();
    const { picture } = this;
    if (!words && !picture) {
      this.#say("还没有写字。请写几个字再发。");
    } else if (words.length > LONGEST) {
      this.#say(`这段话有 ${words.length} 个字，太长了。请分几次发，每次不超过 ${LONGEST} 个字。`);
    } else {
      text.value = "";
      this.#setPicture(null);
      this.#keepDraft();
      this.#sending({ id: freshId(), words, picture });
    }
    text.focus();
  }

  /** Send the words of a button that is always there. */
  sendWords(button) {
    if (button.hasAttribute("aria-disabled")) return;
    button.setAttribute("aria-disabled", "true");
    setTimeout(() => button.removeAttribute("aria-disabled"), SECOND_TAP);
    this.#sending({ id: freshId(), words: button.dataset.words, picture: null });
  }

  async #sending(message) {
    const { id, words, picture } = message;
    keepUnsent([...unsent().filter((kept) => kept.id !== id), ...(picture ? [] : [{ id, words }])]);
    message.preview ??= picture && URL.createObjectURL(picture);
    this.log.showUnsent({ id, text: words, picture: message.preview, state: "sending" });
    this.shown();
    try {
      if (picture) await post("photo", await photoForm(message));
      else await post("say", { id, text: words });
      keepUnsent(unsent().filter((kept) => kept.id !== id));
    } catch (error) {
      this.#failed(message, error.sentence ?? "这张照片打不开，请换一张。", error.again ?? false);
    }
  }

  #failed(message, sentence, again) {
    const edit = ["改一改", () => this.#takeBack(message)];
    const resend = ["再发一次", () => this.#sending(message)];
    this.log.showUnsent({
      id: message.id,
      text: message.words,
      picture: message.preview,
      state: "failed",
      sentence,
      actions: again ? [resend, edit] : [edit],
    });
    this.shown();
  }

  /** Put a message that was not sent back into the box, before what stands there. */
  #takeBack({ id, words, picture }) {
    this.log.removeUnsent(id);
    keepUnsent(unsent().filter((kept) => kept.id !== id));
    text.value = [words, text.value].filter(Boolean).join("\n");
    if (picture) this.#setPicture(picture);
    this.#keepDraft();
    text.focus();
  }

  #setPicture(picture) {
    const preview = document.getElementById("preview");
    if (preview.src) URL.revokeObjectURL(preview.src);
    this.picture = picture;
    preview.removeAttribute("src");
    if (picture) preview.src = URL.createObjectURL(picture);
    document.getElementById("photo").hidden = !picture;
    this.#say("");
  }

  #keepDraft() {
    sessionStorage.setItem(DRAFT, text.value);
    this.#say("");
  }

  #say(sentence) {
    trouble.textContent = sentence;
    trouble.hidden = !sentence;
  }
}

/** Words that were sent and are not known to have arrived. */
function unsent() {
  return JSON.parse(sessionStorage.getItem(UNSENT) ?? "[]");
}

function keepUnsent(messages) {
  sessionStorage.setItem(UNSENT, JSON.stringify(messages));
}

/** A message that shows up in the log has arrived, whatever became of the answer to sending it. */
export function arrived(id) {
  const left = unsent().filter((kept) => kept.id !== id);
  if (left.length !== unsent().length) keepUnsent(left);
}

async function photoForm({ id, words, picture }) {
  const form = new FormData();
  form.set("id", id);
  form.set("caption", words);
  form.set("file", picture.size > LARGEST_PHOTO ? await shrunk(picture) : picture);
  return form;
}

/** A photo that is too large is made smaller here: nobody should have to know how. */
async function shrunk(picture) {
  const image = await createImageBitmap(picture);
  const scale = Math.min(1, SHRUNK_SIDE / Math.max(image.width, image.height));
  const canvas = element("canvas");
  canvas.width = image.width * scale;
  canvas.height = image.height * scale;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
}
