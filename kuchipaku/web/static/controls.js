/** What lies around the picture: volume, meter, the OBS link, help, and short messages. */

import { json, key } from "./api.js";
import { byId } from "./dom.js";
import { recall, remember } from "./memory.js";
import { root } from "./place.js";

const METER_MS = 500;
const TOAST_MS = 3500;
let toastTimer = 0;

/** Show a short message that goes by itself. @param {string} text */
export function toast(text) {
  const line = byId("toast");
  line.textContent = text;
  line.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => (line.hidden = true), TOAST_MS);
}

/** Wire them all. @param {import("./scene.js").Scene} scene */
export function wireControls(scene) {
  wireVolume(scene.player);
  wireHelp();
  byId("obs").addEventListener("click", () => copyLink(scene.character));
  setInterval(() => showMeter(scene), METER_MS);
  for (const gesture of ["pointerdown", "keydown"]) {
    addEventListener(gesture, () => scene.player.open().catch(() => {}), { once: true });
  }
}

function wireVolume(player) {
  const [slider, mute] = [byId("volume"), byId("mute")];
  let muted = recall("muted") === "yes";
  slider.value = recall("volume", "1");
  const apply = () => {
    player.volume = muted ? 0 : Number(slider.value);
    mute.setAttribute("aria-pressed", String(muted));
    byId("mute-icon").setAttribute("href", `static/icons.svg#${muted ? "muted" : "sound"}`);
    remember("muted", muted ? "yes" : "no");
    remember("volume", slider.value);
  };
  slider.addEventListener("input", () => (muted = false, apply()));
  mute.addEventListener("click", () => (muted = !muted, apply()));
  apply();
}

function wireHelp() {
  byId("help-open").addEventListener("click", () => byId("help").showModal());
  for (const dialog of document.querySelectorAll("dialog")) {
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  }
}

function showMeter({ meter, player }) {
  const frames = `${Math.round(meter.fps)} fps`;
  const offset = meter.offset;
  byId("meter").textContent = offset === null ? frames : `${frames} · ${signed(Math.round(offset))} ms`;
  byId("meter").classList.toggle("live", player.playing);
}

function signed(number) {
  return number > 0 ? `+${number}` : String(number).replace("-", "−");
}

async function copyLink(character) {
  const link = new URL(`live/${encodeURIComponent(character)}`, root());
  if (key()) link.hash = `key=${encodeURIComponent(key())}`;
  try {
    await navigator.clipboard.writeText(link.href);
    toast(`Copied. ${key() ? "The link holds your key: keep it to yourself." : "Add it to OBS as a browser source."}`);
  } catch {
    prompt("The address for OBS:", link.href);
  }
}

/** Say who answers, honestly. */
export async function showHealth() {
  const { version, llm } = await json("health");
  byId("version").textContent = `Kuchipaku ${version}`;
  byId("note").hidden = llm.name !== "eliza" && llm.name !== "";
  byId("note-text").textContent = llm.name ? `Answering: ${llm.note || llm.name}.` : `Nobody answers: ${llm.note}.`;
}
