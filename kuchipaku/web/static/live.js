/** The bare page for OBS: the character and its sound, following what others make it perform. */

import { onKeyNeeded } from "./api.js";
import { byId } from "./dom.js";
import { askForKey, takeKeyOfAddress } from "./key.js";
import { pictureOf, standIn } from "./portrait.js";
import { Scene } from "./scene.js";

const SOUND_MS = 1000;

/** A number of the address, such as ?volume=0.5, held between two limits. */
function asked(name, fallback, least, most) {
  const value = new URLSearchParams(location.search).get(name);
  const number = value === null || value === "" ? NaN : Number(value);
  return Number.isNaN(number) ? fallback : Math.min(most, Math.max(least, number));
}

/** OBS plays at once; another browser may want a click first. */
function offerSound(player) {
  const button = byId("sound");
  setTimeout(() => (button.hidden = player.opened), SOUND_MS);
  addEventListener("pointerdown", () => player.open().then(() => (button.hidden = true)));
  player.open().then(() => (button.hidden = true));
}

/** Only what somebody has to mend is written over the picture. */
function showTrouble(trouble) {
  const line = byId("trouble");
  line.hidden = !trouble?.status;
  line.textContent = trouble ? [trouble.message, trouble.hint].filter(Boolean).join(" – ") : "";
}

takeKeyOfAddress();
onKeyNeeded(askForKey);
const scene = new Scene(byId("picture"), { format: "png", fps: asked("fps", 0, 0, 120) });
scene.player.volume = asked("volume", 1, 0, 1);
scene.onpicture = showTrouble;
document.documentElement.style.setProperty("--scale", String(asked("scale", 1, 0.1, 4)));
scene.expose();
offerSound(scene.player);
const name = decodeURIComponent(location.pathname.split("/").pop() ?? "");
scene.show(name);
standIn(byId("still"), pictureOf(name));
