// Puts the page together.
import { arrived, Composer } from "./composer.js";
import { element, Log } from "./log.js";
import { freshId, post } from "./post.js";
import { isFollowing, sayNewer, showFromTop, toEnd } from "./scroll.js";
import { follow } from "./stream.js";

const SIZES = [20, 22, 24, 27, 30];
const ALL_AT_ONCE = 100;
const byId = (id) => document.getElementById(id);
const readOut = (how) => byId("log").setAttribute("aria-live", how);
const say = (sentence) => { byId("status").textContent = sentence; };

const log = new Log(byId("log"), press);
const composer = new Composer(log, toEnd);
// One press keeps its id until it arrived, so that pressing again after a failure is not a second press.
const presses = new Map();
let ready = false;
let me = { person: null, people: [] };

async function press(entry, { token, title }) {
  if (!presses.has(token)) presses.set(token, freshId());
  log.notePress(entry.key, { state: "sending", title });
  try {
    await post("press", { id: presses.get(token), token });
    presses.delete(token);
    log.notePress(entry.key, { state: "chosen", title });
  } catch (error) {
    if (!error.again) presses.delete(token);
    log.notePress(entry.key, { state: "failed", sentence: error.sentence });
  }
}

function showMe(now) {
  me = now;
  byId("office").textContent = me.office || "服务助手";
  localStorage.setItem("phone", me.phone);
  showPhone();
  document.title = me.office ? `${me.office}服务助手` : "服务助手";
  const sample = me.people.length ? "（演示人物）" : "";
  byId("me").textContent = me.person ? `现在是${me.person}${sample}` : me.office && "服务助手";
  byId("greeting").textContent = me.person ? `${me.person}，您好！` : "您好！";
  byId("change").hidden = me.people.length === 0;
  byId("people-list").replaceChildren(...me.people.map((one) => {
    const item = element("li");
    const button = element("button", "person");
    button.type = "button";
    button.append(element("strong", "", one.name), element("span", "", one.about));
    button.addEventListener("click", () => be(one));
    item.append(button);
    return item;
  }));
}

/** Kept here as well, for the day on which the page opens and the database does not. */
function showPhone() {
  const phone = localStorage.getItem("phone");
  byId("phone").textContent = phone ? `电话 ${phone}` : "办公室电话";
}

async function be(one) {
  try {
    await post("be", { person_id: one.id });
    byId("people").close();
    say(`您现在是${one.name}。`);
    byId("text").focus();
  } catch (error) {
    byId("people-trouble").textContent = error.sentence;
    byId("people-trouble").hidden = false;
  }
}

function chooseAtFirst() {
  if (me.people.length && !me.person && !sessionStorage.getItem("nobody")) byId("people").showModal();
}

function showMessage(entry) {
  const follows = isFollowing();
  if (entry.id) arrived(entry.id);
  const article = log.show(entry);
  if (!article || !ready) return;
  if (follows && entry.own) toEnd();
  else if (follows) showFromTop(article);
  else if (!entry.own) sayNewer();
}

function showReady() {
  if (!byId("away").hidden) say("又连上了。");
  byId("away").hidden = true;
  if (ready) return;
  ready = true;
  byId("earlier").hidden = log.entries.size < ALL_AT_ONCE;
  toEnd();
  // What was said before is there to be read, not to be read out.
  readOut("polite");
  chooseAtFirst();
}

async function showEarlier() {
  const answer = await fetch(`api/earlier?before=${encodeURIComponent(log.first.at)}`).catch(() => null);
  if (!answer?.ok) {
    say("现在连不上，请过一会儿再按。");
    return;
  }
  const { entries } = await answer.json();
  const fromEnd = document.scrollingElement.scrollHeight - document.scrollingElement.scrollTop;
  readOut("off");
  const added = entries.filter((entry) => log.show(entry)).length;
  document.scrollingElement.scrollTop = document.scrollingElement.scrollHeight - fromEnd;
  readOut("polite");
  byId("earlier").hidden = added === 0;
  say(added ? `上面多了${added}条更早的消息。` : "没有更早的消息了。");
}

function startAnew() {
  sessionStorage.clear();
  location.reload();
}

async function leave() {
  try {
    await post("leave");
    startAnew();
  } catch (error) {
    byId("leaving-trouble").textContent = error.sentence;
    byId("leaving-trouble").hidden = false;
  }
}

function resize(step) {
  const { dataset } = document.documentElement;
  const at = SIZES.indexOf(Number(dataset.size)) + step;
  if (at < 0 || at >= SIZES.length) {
    say(step > 0 ? "字已经最大了。" : "字已经最小了。");
    return;
  }
  dataset.size = SIZES[at];
  localStorage.setItem("size", dataset.size);
  say(step > 0 ? "字放大了。" : "字缩小了。");
}

byId("larger").addEventListener("click", () => resize(1));
byId("smaller").addEventListener("click", () => resize(-1));
byId("change").addEventListener("click", () => byId("people").showModal());
byId("people").addEventListener("close", () => sessionStorage.setItem("nobody", "yes"));
byId("nobody").addEventListener("click", () => byId("people").close());
byId("leave").addEventListener("click", () => byId("leaving").showModal());
byId("stay").addEventListener("click", () => byId("leaving").close());
byId("gone").addEventListener("click", leave);
byId("earlier").addEventListener("click", showEarlier);
for (const button of document.querySelectorAll("[data-words]")) {
  button.addEventListener("click", () => composer.sendWords(button));
}

showPhone();
follow({
  me: showMe,
  message: showMessage,
  ready: showReady,
  thinking: ({ now }) => { byId("thinking").hidden = !now; },
  left: startAnew,
  away: () => { byId("away").hidden = false; },
});
