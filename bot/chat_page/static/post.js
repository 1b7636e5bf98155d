// What the page sends. An answer other than yes becomes a Trouble with a sentence for the person.

export class Trouble extends Error {
  /** @param {string} sentence @param {boolean} again whether sending the same once more may help */
  constructor(sentence, again) {
    super(sentence);
    this.sentence = sentence;
    this.again = again;
  }
}

const PATIENCE = 20_000;
const PATIENCE_WITH_A_FILE = 120_000;

/** @param {string} path below api/ @param {object | FormData} body */
export async function post(path, body = {}) {
  const form = body instanceof FormData;
  // Not AbortSignal.timeout: the browsers on older machines do not have it.
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), form ? PATIENCE_WITH_A_FILE : PATIENCE);
  let response;
  try {
    response = await fetch(`api/${path}`, {
      method: "POST",
      body: form ? body : JSON.stringify(body),
      headers: form ? {} : { "Content-Type": "application/json" },
      signal: patience.signal,
    });
  } catch {
    throw new Trouble("没有发出去：现在连不上。", true);
  } finally {
    clearTimeout(timer);
  }
  if (response.ok) return;
  const answer = await response.json().catch(() => ({}));
  throw new Trouble(answer.error ?? "出了点问题，没有发出去。", response.status >= 500 || response.status === 401);
}

/** A name for a message that no other message has; sending twice under one name stores it once. */
export function freshId() {
  // crypto.randomUUID would be missing where the page is reached over plain http in a local network.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
