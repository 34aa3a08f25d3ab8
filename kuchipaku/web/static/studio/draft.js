/** What the studio edits, and every step back. */

const MOST_STEPS = 200;
/** Changes of one control that follow each other faster than this are one step. */
const GESTURE_MS = 800;

/** @typedef {Record<string, number>} Pose morph -> strength */

/**
 * @typedef {object} Sheet one moment of the work; never changed, only replaced
 * @property {Pose | null} pose the face held still, all morphs; null while it lives
 * @property {string} emotion the face worn at rest
 * @property {boolean} talking whether the mouth moves without a score
 * @property {Record<string, any>} animator
 * @property {Record<string, Pose>} templates
 * @property {any} anchors where the parts of the face are, or null
 */

/** The present sheet, those before it and those taken back. */
export class Draft {
  /** @type {Sheet} */
  #sheet;
  /** @type {Sheet[]} */
  #past = [];
  /** @type {Sheet[]} */
  #future = [];
  #gesture = { name: "", at: 0 };
  /** Called after every change, with the sheet before it. @type {(sheet: Sheet, before: Sheet) => void} */
  onchange = () => {};

  /** @param {Sheet} sheet */
  constructor(sheet) {
    this.#sheet = sheet;
  }

  get sheet() {
    return this.#sheet;
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  /**
   * Change some fields as one step, or as part of the last one if that belongs to the same gesture.
   * @param {Partial<Sheet>} fields
   * @param {string} [gesture] a name for changes that flow into each other, such as those of one slider
   * @param {number} [now] milliseconds
   */
  change(fields, gesture = "", now = performance.now()) {
    if (isEmpty(changes(fields, this.#sheet))) return;
    const before = this.#sheet;
    this.#step(fields, gesture, now);
    this.onchange(this.#sheet, before);
  }

  /** A step that the server made: it needs to be told to nobody. @param {Partial<Sheet>} fields */
  take(fields) {
    if (!isEmpty(changes(fields, this.#sheet))) this.#step(fields, "", 0);
  }

  /** Take over what has become of it elsewhere: no step. @param {Partial<Sheet>} fields */
  correct(fields) {
    this.#sheet = { ...this.#sheet, ...fields };
  }

  #step(fields, gesture, now) {
    const flows = gesture !== "" && gesture === this.#gesture.name && now - this.#gesture.at < GESTURE_MS;
    if (!flows) this.#past = [...this.#past, this.#sheet].slice(-MOST_STEPS);
    this.#gesture = { name: gesture, at: now };
    this.#future = [];
    this.#sheet = { ...this.#sheet, ...fields };
  }

  undo() {
    const sheet = this.#past.pop();
    if (!sheet) return;
    this.#future.push(this.#sheet);
    this.#gesture.name = "";
    this.#turnTo(sheet);
  }

  redo() {
    const sheet = this.#future.pop();
    if (!sheet) return;
    this.#past.push(this.#sheet);
    this.#gesture.name = "";
    this.#turnTo(sheet);
  }

  #turnTo(sheet) {
    const before = this.#sheet;
    this.#sheet = sheet;
    this.onchange(sheet, before);
  }
}

/**
 * The entries of `now` that are others than in `before`.
 * @param {Record<string, any>} now
 * @param {Record<string, any>} before
 */
export function changes(now, before) {
  return Object.fromEntries(Object.entries(now).filter(([name, value]) => !same(value, before[name])));
}

/** @param {object} fields */
export function isEmpty(fields) {
  return Object.keys(fields).length === 0;
}

/** Whether two values read the same as JSON. */
export function same(a, b) {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
