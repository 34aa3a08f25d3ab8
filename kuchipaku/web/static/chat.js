/** The page: a live character to talk to. */

import { onKeyNeeded } from "./api.js";
import { CharacterPicker } from "./characters.js";
import { showHealth, toast, wireControls } from "./controls.js";
import { byId, make } from "./dom.js";
import { familyOf } from "./emotions.js";
import { askForKey, takeKeyOfAddress } from "./key.js";
import { Log } from "./log.js";
import { recall, remember } from "./memory.js";
import { standIn } from "./portrait.js";
import { Rendering } from "./rendering.js";
import { Scene } from "./scene.js";
import { VoicePicker } from "./voices.js";

const STARTERS = {
  chat: ["Hello! How are you?", "Tell me about your day.", "I feel a little sad."],
  say: ["*joy* You came! I hoped you would.", "*surprise* Oh! *curiosity* What is that?", "こんにちは。お元気ですか。"],
};
const WELCOME = {
  chat: "Write a line, and hear it answered: lips on the sound, a face for every sentence.",
  say: "Write a line, and hear it said as it stands. A mark such as *joy* sets the feeling of a sentence.",
};
const MOST_TEXT_HEIGHT_PX = 168;

takeKeyOfAddress();
onKeyNeeded(askForKey);
const scene = new Scene(byId("picture"), look());
const log = new Log(byId("scroll"), byId("log"));
const characters = new CharacterPicker(meet);
const rendering = new Rendering();
const voices = new VoicePicker((id) => remember("voice", id));
/** @type {import("./log.js").Reply | null} the reply that is lit while it is spoken */
let reply = null;
let conversation = "";
/** @type {import("./log.js").Reply | null} the reply that is being asked for or played */
let waiting = null;

scene.expose();
scene.ontick = showSpeech;
scene.onpicture = showPictureTrouble;
scene.onhush = () => reply?.cut();
scene.onfollow = () => listenerOf(log.reply(scene.character));
wireControls(scene);
wireComposer();
wireModes();
Promise.all([characters.load(recall("character")), voices.load(recall("voice")), showHealth()]).catch(showTrouble);

/** Transparent pictures over the page's own light; smaller ones over a plain ground on a slow or costly line. */
function look() {
  const line = navigator.connection ?? {};
  const slow = line.saveData || (line.effectiveType ?? "4g") !== "4g";
  if (!slow && new URLSearchParams(location.search).get("format") !== "jpeg") return { format: "png" };
  byId("stage").classList.add("flat");
  return { format: "jpeg", background: getComputedStyle(byId("stage")).getPropertyValue("--ground").trim().slice(1) };
}

function mode() {
  return /** @type {"chat" | "say"} */ (document.querySelector("input[name=mode]:checked").value);
}

function meet(card, picture) {
  if (card.name === scene.character) return;
  if (scene.character) forget();
  remember("character", card.name);
  byId("picture").setAttribute("aria-label", `Live picture of ${card.title || card.name}`);
  byId("picture").classList.remove("shown");
  standIn(byId("still"), picture);
  byId("studio").href = `studio?character=${encodeURIComponent(card.name)}`;
  scene.show(card.name);
  rendering.watch(card.name);
}

function forget() {
  scene.stop().catch(showTrouble);
  conversation = "";
  reply = waiting = null;
  log.clear();
  byId("welcome").hidden = false;
}

async function send(text) {
  const ours = begin(text);
  lightOnly(ours);
  const [path, more] = mode() === "chat" ? ["api/chat", { conversation }] : ["api/perform", {}];
  waiting = ours;
  try {
    await scene.ask(path, { text, voice: voices.picked, ...more }, (event, told) => {
      if (event === "start") conversation = told.conversation || conversation;
      listenerOf(ours)(event, told);
    });
  } catch (error) {
    if (error.name === "AbortError") return ours.cut();
    ours.fail(error.message, error.hint);
    if (!ours.begun && !byId("text").value) setText(text);
    log.showEnd();
  } finally {
    if (waiting === ours) waiting = null;
  }
}

function begin(text) {
  byId("welcome").hidden = true;
  log.said(text);
  return log.reply(byId("character-title").textContent);
}

function lightOnly(heard) {
  if (reply !== heard) reply?.cut();
  reply = heard;
}

function listenerOf(heard) {
  return (event, told) => {
    if (event === "start") {
      byId("welcome").hidden = true;
      lightOnly(heard);
    }
    heard.hear(event, told);
  };
}

function stop() {
  waiting = null;
  reply?.cut();
  scene.stop().catch(showTrouble);
}

function showSpeech() {
  const { player, shown } = scene;
  const time = player.opened ? (player.turn?.time() ?? null) : Infinity;
  byId("stage").dataset.family = familyOf(reply?.light(time) ?? "");
  byId("stop").hidden = !(waiting || player.playing || shown.performance);
}

function showPictureTrouble(trouble) {
  const line = byId("picture-trouble");
  line.hidden = !trouble;
  if (!trouble) return;
  line.textContent = trouble.status ? [trouble.message, trouble.hint].filter(Boolean).join(" – ") : "Reconnecting…";
}

function showTrouble(error) {
  toast([error.message, error.hint].filter(Boolean).join(" "));
}

function wireComposer() {
  const [form, text] = [byId("composer"), byId("text")];
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (text.value.trim()) send(text.value.trim());
    setText("");
  });
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  text.addEventListener("input", fitText);
  byId("stop").addEventListener("click", stop);
  byId("anew").addEventListener("click", () => (forget(), text.focus()));
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing && !document.querySelector("dialog[open]")) stop();
  });
}

function setText(value) {
  byId("text").value = value;
  fitText();
}

function fitText() {
  const text = byId("text");
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight, MOST_TEXT_HEIGHT_PX)}px`;
}

function wireModes() {
  const radios = [...document.querySelectorAll("input[name=mode]")];
  for (const radio of radios) {
    radio.checked = radio.value === recall("mode", "chat");
    radio.addEventListener("change", () => (remember("mode", mode()), showMode()));
  }
  showMode();
}

function showMode() {
  const chosen = mode();
  byId("text").placeholder = chosen === "chat" ? "Write something" : "What shall be said?";
  byId("welcome-text").textContent = WELCOME[chosen];
  byId("starters").replaceChildren(...STARTERS[chosen].map((text) => {
    const button = make("button", { type: "button", class: "starter" }, text);
    button.addEventListener("click", () => send(text));
    return button;
  }));
}
