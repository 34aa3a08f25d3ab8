/** One character on the studio's bench: its draft, the controls that change it, and the server that shows it. */

import { toast } from "../controls.js";
import { byId } from "../dom.js";
import { Animator } from "./animator.js";
import { Draft, changes, isEmpty, same } from "./draft.js";
import { FaceEditor } from "./face.js";
import { Filters } from "./filters.js";
import { Moods } from "./moods.js";
import { randomPose, whole } from "./poses.js";
import { Sender } from "./sender.js";
import { anchorsOf, change, putAnchors, reset, save, studioOf } from "./server.js";
import { Sliders } from "./sliders.js";
import { Follower } from "./view.js";

/** Fields of a sheet that the server keeps in files; the others are only worn. */
const KEPT = ["animator", "templates"];

/** Controls, draft and server of one character, kept alike. */
export class Bench {
  #morphs;
  #draft;
  /** The fields of KEPT as they were loaded or saved last. */
  #kept;
  #saved;
  /** What lies on top of the pose while a pointer is followed. @type {Record<string, number> | null} */
  #look = null;
  /** Whether the server holds the face still for us. */
  #holds;
  #controls;
  #ended = new AbortController();
  #studio = new Sender((fields) => this.#ask(fields), joined);
  #face = new Sender(({ anchors }) => putAnchors(this.character, anchors));
  /** What went wrong last; null once all is well. @type {(error: Error | null) => void} */
  ontrouble = () => {};

  /**
   * @param {any} told what the server tells of the character's studio
   * @param {any} anchors where the parts of its face are, or null
   */
  constructor(told, anchors) {
    this.character = told.character;
    this.#morphs = told.morphs;
    this.#draft = new Draft({ ...sheetOf(told), anchors });
    this.#draft.onchange = (sheet, before) => this.#changed(sheet, before);
    this.#kept = keptOf(this.#draft.sheet);
    this.#holds = told.pose !== null;
    this.#hear(told);
    this.#controls = this.#wire(told);
    for (const sender of [this.#studio, this.#face]) this.#listen(sender);
    this.#show();
  }

  /** The names of the animator's settings. */
  get settings() {
    return Object.keys(this.#draft.sheet.animator);
  }

  get unsaved() {
    return !this.#saved;
  }

  undo() {
    this.#draft.undo();
  }

  redo() {
    this.#draft.redo();
  }

  /** Resolves when the server has all that was changed. */
  async settled() {
    await Promise.all([this.#studio.settled(), this.#face.settled()]);
  }

  /** Write animator and templates to the character's files. */
  async save() {
    try {
      await this.settled();
      this.#hear(await save(this.character));
      this.#kept = keptOf(this.#draft.sheet);
      toast("Saved");
    } catch (error) {
      this.ontrouble(error);
    }
    this.#show();
  }

  /** Back to what the character's files say; one step that can be undone. */
  async reset() {
    await this.settled();
    this.#take(await reset(this.character));
  }

  /** Take over what a file brought; the server checks it. @param {object} fields */
  async adopt(fields) {
    await this.settled();
    this.#take(await this.#ask(fields));
  }

  /** No control acts any more, and a face that is held lives again: nobody else could let go of it. */
  leave() {
    this.#ended.abort();
    this.#controls.follower.turn(false);
    this.#controls.face.leave();
    byId("follow").checked = false;
    if (this.#holds) this.#letGo();
    this.#studio.stop();
    this.#face.stop();
  }

  /** At once, for the page may be gone soon; and after whatever still waits. */
  #letGo() {
    change(this.character, { pose: null }, { keepalive: true }).catch(() => {});
    this.#studio.put({ pose: null });
  }

  #ask(fields) {
    if ("pose" in fields) this.#holds = fields.pose !== null;
    return change(this.character, fields);
  }

  #listen(sender) {
    sender.onanswer = (told) => {
      this.ontrouble(null);
      if (sender === this.#studio) this.#hear(told);
      this.#showState();
    };
    sender.onfail = (error) => {
      this.ontrouble(error);
      if (error.status) this.#goBack().catch(this.ontrouble);
    };
  }

  /** What was refused is shown no longer: the page shows what the server has. */
  async #goBack() {
    const [told, anchors] = await Promise.all([studioOf(this.character), anchorsOf(this.character)]);
    this.#draft.correct({ ...sheetOf(told), anchors });
    this.#hear(told);
    this.#show();
  }

  #hear({ saved, in_charge: inCharge }) {
    this.#saved = saved;
    byId("alive").hidden = inCharge;
  }

  /** A file may have brought emotions of its own. */
  #take(told) {
    this.#draft.take(sheetOf(told));
    this.#controls.moods = this.#moods(told.emotions);
    this.#hear(told);
    this.#show();
  }

  #changed(sheet, before) {
    const { anchors, ...fields } = changes(sheet, before);
    if (anchors) this.#face.put({ anchors });
    for (const name of KEPT) if (name in fields) fields[name] = changes(sheet[name], before[name]);
    if (!isEmpty(fields)) this.#studio.put(this.#sent(fields));
    if (KEPT.some((name) => name in fields)) this.#saved = false;
    this.#show(changes(sheet, before));
  }

  /** What follows the pointer lies on top of the pose. */
  #sent(fields) {
    return this.#look && "pose" in fields ? { ...fields, pose: { ...fields.pose, ...this.#look } } : fields;
  }

  #wire(told) {
    const { signal } = this.#ended;
    const on = (id, event, work) => byId(id).addEventListener(event, work, { signal });
    const step = (fields, gesture) => this.#draft.change(fields, gesture);
    on("talking", "change", () => step({ talking: byId("talking").checked }));
    on("follow", "change", () => this.#controls.follower.turn(byId("follow").checked));
    on("random", "click", () => step({ pose: randomPose(this.#morphs) }));
    on("rest", "click", () => step({ pose: whole(this.#morphs) }));
    on("let-go", "click", () => step({ pose: null }));
    on("keep-face", "click", () => this.#keepFace());
    return {
      follower: new Follower(byId("picture"), (look) => this.#follow(look)),
      sliders: new Sliders(byId("sliders"), told.morphs, (moved, gesture) => this.#pose(moved, gesture)),
      moods: this.#moods(told.emotions),
      filters: new Filters({ list: byId("chain"), shelf: byId("shelf") }, told.filters, (chain, gesture) =>
        this.#set("postprocessor_chain", chain, gesture)),
      animator: new Animator(byId("animator"), this.#known(told), (name, value) => this.#set(name, value, name)),
      face: new FaceEditor(byId("face"), this.character, {
        onmove: (anchors, gesture) => step({ anchors }, gesture),
        ontry: (pose) => this.#studio.put({ pose: pose ?? this.#draft.sheet.pose }),
      }),
    };
  }

  #moods(emotions) {
    return new Moods(byId("moods"), emotions, (emotion) => this.#draft.change({ emotion, pose: null }));
  }

  #known({ animator_help: help, animator, morphs }) {
    const turnsFirst = morphs.toSorted((a, b) => a.low - b.low);
    return { help, rest: animator, morphs: turnsFirst.map(({ name }) => name) };
  }

  #pose(moved, gesture) {
    this.#draft.change({ pose: { ...this.#shown(), ...moved } }, `pose ${gesture}`);
  }

  #set(name, value, gesture) {
    const { animator } = this.#draft.sheet;
    this.#draft.change({ animator: { ...animator, [name]: value } }, gesture && `animator ${gesture}`);
  }

  /** The pose that the sliders show: the one held, or the face of the emotion worn. */
  #shown() {
    const { pose, templates, emotion } = this.#draft.sheet;
    return whole(this.#morphs, pose ?? templates[emotion]);
  }

  /** Breath goes on under every face. */
  #keepFace() {
    const { emotion, templates } = this.#draft.sheet;
    const face = Object.entries(this.#shown()).filter(([name, value]) => value !== 0 && name !== "breathing");
    this.#draft.change({ templates: { ...templates, [emotion]: Object.fromEntries(face) }, pose: null });
    toast(`This is the face of ${emotion} now`);
  }

  #follow(look) {
    this.#look = look;
    const { pose } = this.#draft.sheet;
    this.#studio.put({ pose: look ? { ...pose, ...look } : pose });
  }

  /** @param {Partial<import("./draft.js").Sheet>} [changed] the fields that are others now; all unless told */
  #show(changed = this.#draft.sheet) {
    if ("pose" in changed || "emotion" in changed || "templates" in changed) this.#showFace();
    if ("animator" in changed) this.#showMotion(this.#draft.sheet.animator);
    if ("anchors" in changed) this.#controls.face.show(this.#draft.sheet.anchors);
    byId("talking").checked = this.#draft.sheet.talking;
    this.#showState();
  }

  #showFace() {
    const { pose, emotion } = this.#draft.sheet;
    this.#controls.sliders.show(this.#shown());
    this.#controls.moods.show(emotion, this.#edited());
    byId("held").hidden = !pose;
    byId("kept-emotion").textContent = emotion;
  }

  #showMotion(settings) {
    const chain = settings.postprocessor_chain ?? [];
    this.#controls.animator.show(settings);
    this.#controls.filters.show(chain);
    byId("chain-empty").hidden = chain.length > 0;
  }

  #showState() {
    byId("undo").disabled = !this.#draft.canUndo;
    byId("redo").disabled = !this.#draft.canRedo;
    byId("save").disabled = this.#saved;
    byId("state").textContent = this.#saved ? "Saved" : "Not saved";
    byId("state").toggleAttribute("data-unsaved", !this.#saved);
  }

  #edited() {
    const { templates } = this.#draft.sheet;
    return Object.keys(templates).filter((emotion) => !same(templates[emotion], this.#kept.templates[emotion]));
  }
}

/** Two changes that go as one; of kept fields, entry by entry. */
function joined(earlier, later) {
  const both = { ...earlier, ...later };
  for (const name of KEPT) if (earlier[name] && later[name]) both[name] = { ...earlier[name], ...later[name] };
  return both;
}

function sheetOf({ pose, emotion, talking, animator, templates }) {
  return { pose, emotion, talking, animator, templates };
}

function keptOf({ animator, templates }) {
  return { animator, templates };
}
