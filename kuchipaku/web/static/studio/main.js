/** The studio: pose, faces of emotions, filters and animator of a character, live. */

import { json, onKeyNeeded } from "../api.js";
import { toast } from "../controls.js";
import { byId } from "../dom.js";
import { askForKey, takeKeyOfAddress } from "../key.js";
import { recall, remember } from "../memory.js";
import { pictureOf, standIn } from "../portrait.js";
import { Rendering } from "../rendering.js";
import { Scene } from "../scene.js";
import { Bench } from "./bench.js";
import { acceptDrops, download, readFile } from "./files.js";
import { anchorsOf, studioOf } from "./server.js";
import { wireTabs } from "./tabs.js";
import { wireGrounds } from "./view.js";

/** @type {Bench | null} */
let bench = null;
const rendering = new Rendering();
const scene = new Scene(byId("picture"), { format: "png" });

takeKeyOfAddress();
onKeyNeeded(askForKey);
scene.expose();
scene.onpicture = (trouble) => tell("picture-trouble", trouble);
wireGrounds(byId("easel"), byId("grounds"));
wireTabs(byId("tabs"));
wireKeys();
wireFiles();
wireCharacters().catch((error) => tell("trouble", error));
addEventListener("beforeunload", (event) => bench?.unsaved && event.preventDefault());
addEventListener("pagehide", () => bench?.leave());

async function wireCharacters() {
  const { characters, chosen } = await json("api/characters");
  const able = characters.filter(({ error }) => !error);
  const wanted = new URLSearchParams(location.search).get("character") || recall("character") || chosen;
  const first = able.find(({ name }) => name === wanted) ?? able.find(({ name }) => name === chosen) ?? able[0];
  const select = byId("who");
  select.replaceChildren(...able.map(({ name, title }) => new Option(title || name, name, false, name === first.name)));
  select.addEventListener("change", () => meet(select.value));
  await open(first.name);
}

/** Turn to another character, unless there is work that its person wants to keep. */
function meet(name) {
  if (bench?.unsaved && !confirm("The changes are not saved. Leave them?")) {
    byId("who").value = bench.character;
    return;
  }
  history.replaceState(null, "", `?character=${encodeURIComponent(name)}${location.hash}`);
  open(name).catch((error) => tell("trouble", error));
}

async function open(name) {
  bench?.leave();
  bench = null;
  byId("desk").toggleAttribute("inert", true);
  byId("picture").classList.remove("shown");
  standIn(byId("still"), pictureOf(name));
  byId("picture").setAttribute("aria-label", `Live picture of ${name}`);
  scene.show(name);
  rendering.watch(name);
  remember("character", name);
  const [told, anchors] = await Promise.all([studioOf(name), anchorsOf(name)]);
  if (byId("who").value !== name) return;
  bench = new Bench(told, anchors);
  bench.ontrouble = (error) => tell("trouble", error);
  tell("trouble", told.trouble.length ? new Error(told.trouble.join("; ")) : null);
  byId("desk").toggleAttribute("inert", false);
}

function tell(id, error) {
  const line = byId(id);
  line.hidden = !error;
  line.textContent = error ? [error.message, error.hint].filter(Boolean).join(" – ") : "";
}

function wireKeys() {
  byId("undo").addEventListener("click", () => bench?.undo());
  byId("redo").addEventListener("click", () => bench?.redo());
  byId("save").addEventListener("click", () => bench?.save());
  const works = { z: () => bench?.undo(), y: () => bench?.redo(), Z: () => bench?.redo(), s: () => bench?.save() };
  addEventListener("keydown", (event) => {
    const work = (event.ctrlKey || event.metaKey) && !event.altKey ? works[event.key] : null;
    if (!work || (event.key !== "s" && /** @type {HTMLInputElement} */ (event.target).type === "text")) return;
    event.preventDefault();
    work();
  });
}

function wireFiles() {
  byId("files-open").addEventListener("click", () => byId("files").showModal());
  byId("files").addEventListener("click", (event) => event.target === byId("files") && byId("files").close());
  const attempt = async (work) => {
    if (bench) await work().catch((error) => tell("trouble", error));
    byId("files").close();
  };
  for (const button of byId("files").querySelectorAll("[data-file]")) {
    button.addEventListener("click", () => attempt(() => give(button.dataset.file)));
  }
  byId("reset").addEventListener("click", () => attempt(() => bench.reset()));
  byId("import").addEventListener("change", (event) => attempt(() => take([...event.target.files])));
  acceptDrops(byId("veil"), (files) => attempt(() => take(files)));
}

async function give(file) {
  await bench.settled();
  await download(bench.character, file);
}

async function take(files) {
  byId("import").value = "";
  for (const file of files) await bench.adopt(await readFile(file, bench.settings));
  toast(`Taken over: ${files.map(({ name }) => name).join(", ")}`);
}
