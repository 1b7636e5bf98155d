// The stream of what happens in the chat. It comes back by itself, however it was lost.
import { post } from "./post.js";

const BEAT = Number(document.body.dataset.beat) * 1000;
const AGAIN_AFTER = [500, 1000, 2000, 4000];

/**
 * @param {Record<string, (content: any) => void>} handlers by event: message, me, ready, thinking, left, away;
 *   ready also says that the connection is there again.
 */
export function follow(handlers) {
  let source = null;
  let lastId = "";
  let heardAt = 0;
  let failures = 0;

  function lost() {
    source?.close();
    source = null;
    if (failures > 0) handlers.away();
    setTimeout(open, AGAIN_AFTER[Math.min(failures, AGAIN_AFTER.length - 1)]);
    failures += 1;
  }

  function heard() {
    heardAt = Date.now();
    failures = 0;
  }

  async function open() {
    try {
      await post("start");
    } catch {
      lost();
      return;
    }
    heardAt = Date.now();
    source = new EventSource(`api/events?after=${encodeURIComponent(lastId)}`);
    source.onerror = lost;
    source.addEventListener("beat", heard);
    for (const [name, handle] of Object.entries(handlers)) {
      source.addEventListener(name, (event) => {
        heard();
        if (event.lastEventId > lastId) lastId = event.lastEventId;
        handle(JSON.parse(event.data));
      });
    }
  }

  // A cable pulled out or a computer that slept ends no connection: silence does.
  setInterval(() => {
    if (source && Date.now() - heardAt > 2.5 * BEAT) lost();
  }, 1000);
  open();
}
