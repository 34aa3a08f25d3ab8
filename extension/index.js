/** Kuchipaku in SillyTavern: the live character of the chat, and its voice. */

import { ApiError, onKeyNeeded } from "./live/api.js";
import { Player } from "./live/player.js";
import { Caption, CaptionLine } from "./caption.js";
import { Cast } from "./cast.js";
import { on, tell } from "./client.js";
import { addCommands } from "./commands.js";
import { make } from "./dom.js";
import { Drawer } from "./drawer.js";
import { Lent } from "./lent.js";
import { choose, settings } from "./settings.js";
import { Speaker } from "./speaker.js";
import { Theatre } from "./theatre.js";
import { Turns } from "./turns.js";

const player = new Player();
const cast = new Cast();
const caption = new Caption();

/** One clock for all figures: the sound of either voice. @type {import("./figure.js").Clock} */
const clock = {
  timeOf: (performance) => lent.timeOf(performance) ?? player.timeOf(performance),
  get playing() { return lent.playing || player.playing; },
  saw: (frame) => (player.turn?.performance === frame.performance ? player.turn.saw(frame) : lent.saw(frame)),
};
const theatre = new Theatre(clock, cast, stop);
const speaker = new Speaker(player, cast, (part) => theatre.figureOf(part));
const lent = new Lent(cast, (part) => theatre.figureOf(part));
const drawer = new Drawer(theatre, cast, apply);
const line = new CaptionLine(theatre.caption);

function stop() {
  turns.silence();
  lent.stop();
}
const turns = new Turns(speaker);

/** A setting was chosen: what follows from it. @param {string} name */
function apply(name) {
  const { enabled, volume, voice } = settings();
  player.volume = volume;
  if (!enabled || (name === "voice" && voice !== "server")) speaker.stop();
  if (name === "voice" && voice !== "sillytavern") lent.stop();
  if (["address", "key", "bring"].includes(name)) reconnectSoon();
  else theatre.update();
}

let soon = 0;

/** Not at every letter that is typed. */
function reconnectSoon() {
  clearTimeout(soon);
  soon = window.setTimeout(() => theatre.reconnect(), 600);
}

/** Before every drawing of the screen: what is heard now is shown. */
function tick() {
  const shown = theatre.figures.find((figure) => figure.shown.performance)?.shown.performance ?? "";
  const time = settings().captions && shown ? clock.timeOf(shown) : null;
  line.show(caption.at(time));
  requestAnimationFrame(tick);
}

function wireVoices() {
  let told = "";
  const trouble = (error) => {
    const text = [error.message, error.hint].filter(Boolean).join(" ");
    if (text !== told) tell(text, "warning");
    told = text;
  };
  speaker.ontrouble = lent.ontrouble = trouble;
  speaker.onevent = (utterance, event, data) => {
    caption.hear(event, data);
    if (event === "start") theatre.callFor(utterance.character);
    if (event === "speech") told = "";
  };
  lent.onevent = (event, data) => caption.hear(event, data);
  setInterval(() => theatre.light(speaker.speaking ?? lent.speaking), 150);
  for (const gesture of ["pointerdown", "keydown"]) document.addEventListener(gesture, openSound, true);
  addEventListener("pagehide", () => speaker.stop());
}

/** A browser lets a page sound from a gesture on. */
function openSound() {
  const { enabled, voice } = settings();
  if (enabled && voice === "server" && !player.opened) player.open().catch(() => {});
}

/** An entry in the menu beside the message, to call the character back. */
function addMenuEntry() {
  const icon = make("div", { class: "fa-solid fa-face-smile extensionsMenuExtensionButton" });
  const look = { class: "list-group-item flex-container flexGap5 interactable", tabindex: "0" };
  const entry = make("div", look, icon, "Live character");
  entry.addEventListener("click", () => {
    choose({ enabled: !settings().enabled });
    apply("enabled");
    drawer.show();
  });
  document.getElementById("extensionsMenu")?.append(entry);
}

/** What tests and the curious may look at. */
function expose() {
  const audio = {
    get playing() { return clock.playing; },
    get mediaTime() { return player.turn?.time() ?? null; },
    rms: () => player.rms(),
  };
  const figures = () => theatre.figures.map(({ character, part, shown, meter }) => ({ character, part, shown, meter }));
  Object.assign(globalThis, { kuchipaku: { audio, get figures() { return figures(); } } });
}

async function begin() {
  document.body.append(theatre.element);
  await drawer.open();
  addMenuEntry();
  addCommands(speaker, cast, theatre, stop);
  wireVoices();
  expose();
  apply("volume");
  requestAnimationFrame(tick);
  for (const name of ["CHAT_CHANGED", "GROUP_UPDATED", "CHARACTER_EDITED", "CHARACTER_RENAMED"]) {
    on(name, () => (theatre.update(), drawer.show()));
  }
}

onKeyNeeded(async (refused) => {
  const message = refused ? "The server does not take this key." : "The server asks for a key.";
  throw new ApiError(message, "Enter it under Extensions, Kuchipaku.", 401);
});
on("APP_READY", () => begin().catch((error) => console.warn("Kuchipaku:", error)));
