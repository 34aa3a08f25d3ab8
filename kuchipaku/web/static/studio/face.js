/** The editor of the face: handles laid over the picture. */

import { byId, make } from "../dom.js";
import { paint, pictureOf } from "../portrait.js";
import { eyeHeight, handlesOf, moved } from "./anchors.js";
import { untilReleased } from "./drag.js";

const SPACE = "http://www.w3.org/2000/svg";
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const LONG_STEP = 10;
const TRIED_MS = 500;
/** What the test shows, one after the other. */
const TRIED = [
  { mouth_aaa: 1 },
  { mouth_iii: 1 },
  { mouth_uuu: 1 },
  { mouth_eee: 1 },
  { mouth_ooo: 1 },
  { eye_wink_left: 1, eye_wink_right: 1 },
  { eye_happy_wink_left: 1, eye_happy_wink_right: 1, mouth_raised_corner_left: 1, mouth_raised_corner_right: 1 },
  { eyebrow_raised_left: 1, eyebrow_raised_right: 1, eye_surprised_left: 1, eye_surprised_right: 1, mouth_ooo: 0.6 },
  { iris_rotation_y: 0.8 },
  { iris_rotation_y: -0.8 },
  { head_y: 0.8 },
  { head_y: -0.8 },
];

/**
 * @typedef {object} Work
 * @property {(anchors: any, gesture: string) => void} onmove called when a mark is let go
 * @property {(pose: Record<string, number> | null) => void} ontry called for every pose of the test, then with null
 */

/** Marks over a character's picture, and a test that shows what came of them. */
export class FaceEditor {
  #root;
  #character;
  #work;
  /** @type {any} */
  #anchors = null;
  #drawing = shape("svg", { class: "marks", viewBox: "0 0 512 512" });
  #trying = 0;
  #painted = false;

  /**
   * @param {HTMLElement} root
   * @param {string} character
   * @param {Work} work
   */
  constructor(root, character, work) {
    this.#root = root;
    this.#character = character;
    this.#work = work;
    root.querySelector(".picture").replaceChildren(make("img", { alt: "" }), this.#drawing);
    byId("try-face").onclick = () => (this.#trying ? this.leave() : this.#try());
  }

  /** @param {any} anchors null: there are none to move */
  show(anchors) {
    byId("face-none").hidden = Boolean(anchors);
    byId("face-some").hidden = !anchors;
    if (anchors && !this.#painted) this.#paint();
    if (anchors && anchors !== this.#anchors) this.#draw(anchors);
    this.#anchors = anchors;
  }

  /** End the test. */
  leave() {
    if (!this.#trying) return;
    clearInterval(this.#trying);
    this.#trying = 0;
    byId("try-face").setAttribute("aria-pressed", "false");
    this.#work.ontry(null);
  }

  async #paint() {
    this.#painted = true;
    const image = /** @type {HTMLImageElement} */ (this.#root.querySelector("img"));
    await paint(image, pictureOf(this.#character));
    const { naturalWidth, naturalHeight } = image;
    if (naturalWidth) this.#drawing.setAttribute("viewBox", `0 0 ${naturalWidth} ${naturalHeight}`);
  }

  #draw(anchors) {
    const focused = this.#drawing.querySelector(":focus")?.getAttribute("data-handle");
    const handles = handlesOf(anchors).map((handle) => this.#handle(handle));
    this.#drawing.replaceChildren(...outlines(anchors), ...handles);
    if (focused) this.#find(focused)?.focus({ preventScroll: true });
  }

  #find(id) {
    return /** @type {SVGElement | null} */ (this.#drawing.querySelector(`[data-handle="${id}"]`));
  }

  #handle({ id, label, x, y, rim }) {
    const named = { "data-handle": id, role: "button", "aria-label": `${label}: ${Math.round(x)}, ${Math.round(y)}` };
    const group = shape("g", { class: rim ? "handle rim" : "handle", tabindex: 0, ...named });
    group.append(
      shape("circle", { class: "reach", cx: x, cy: y, r: 14 }),
      shape("circle", { class: "dot", cx: x, cy: y, r: rim ? 4 : 6 }),
      shape("title", {}, document.createTextNode(label)),
    );
    group.addEventListener("pointerdown", (event) => this.#drag(event, id, x, y));
    group.addEventListener("keydown", (event) => this.#step(event, id, x, y));
    return group;
  }

  #step(event, id, x, y) {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const long = event.shiftKey ? LONG_STEP : 1;
    this.#work.onmove(moved(this.#anchors, id, x + step[0] * long, y + step[1] * long), `anchor ${id}`);
  }

  #drag(event, id, x, y) {
    event.preventDefault();
    const from = this.#at(event);
    const before = this.#anchors;
    const follow = (now) => {
      const [atX, atY] = this.#at(now);
      this.#anchors = moved(before, id, Math.round(x + atX - from[0]), Math.round(y + atY - from[1]));
      this.#draw(this.#anchors);
    };
    const end = () => {
      this.#drawing.classList.remove("dragging");
      if (this.#anchors !== before) this.#work.onmove(this.#anchors, "");
    };
    this.#find(id).focus({ preventScroll: true });
    this.#drawing.classList.add("dragging");
    untilReleased(follow, end);
  }

  /** A pointer's place in pixels of the picture. */
  #at({ clientX, clientY }) {
    const point = new DOMPoint(clientX, clientY).matrixTransform(this.#drawing.getScreenCTM().inverse());
    return [point.x, point.y];
  }

  #try() {
    byId("try-face").setAttribute("aria-pressed", "true");
    let next = 0;
    const show = () => {
      if (next === TRIED.length) return this.leave();
      this.#work.ontry(TRIED[next++]);
    };
    this.#trying = setInterval(show, TRIED_MS);
    show();
  }
}

function outlines({ face, eyes, brows, mouth }) {
  const [x, y, width, height] = face;
  const drawn = [oval([x, y], width, height, "outline face")];
  for (const side of ["left", "right"]) {
    if (eyes) drawn.push(oval(eyes[side], eyes.size, eyeHeight(eyes)));
    if (brows) drawn.push(stroke(brows[side], brows.size, -0.25));
  }
  if (mouth) drawn.push(stroke(mouth.at, mouth.size, 0.35));
  return drawn;
}

/** A bent line through a point; `bend` in parts of its half length, up is negative. */
function stroke([x, y], half, bend) {
  const path = `M${x - half} ${y} Q${x} ${y + 2 * bend * half} ${x + half} ${y}`;
  return shape("path", { class: "outline", d: path });
}

function oval([x, y], width, height, kind = "outline") {
  return shape("ellipse", { class: kind, cx: x, cy: y, rx: width, ry: height });
}

/** @returns {SVGElement} */
function shape(tag, attributes, ...children) {
  const element = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}
