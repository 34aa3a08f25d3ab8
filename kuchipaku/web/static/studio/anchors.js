/** Where the parts of a face are in its picture, and the handles by which they are moved. */

/**
 * @typedef {object} Anchors pixels of the picture; left is the character's own left, on the right as seen
 * @property {[number, number, number, number]} face middle, half width, half height
 * @property {[number, number]} [neck]
 * @property {{left: number[], right: number[], size: number, height?: number} | null} [eyes] size: half width; height:
 *   half height in parts of it
 * @property {{left: number[], right: number[], size: number} | null} [brows] size: half length
 * @property {{at: number[], size: number} | null} [mouth] size: half width
 */

/**
 * @typedef {object} Handle
 * @property {string} id
 * @property {string} label
 * @property {number} x
 * @property {number} y
 * @property {boolean} rim whether it changes a size and not a place
 */

const SIDES = /** @type {const} */ ({ left: 1, right: -1 });
const LEAST_SIZE = 2;
/** Half the height of an eye of height 1, in parts of its half width. */
const EYE_SHAPE = 0.875;

/** Half the height of an eye, in pixels. */
export function eyeHeight({ size, height = 1 }) {
  return EYE_SHAPE * size * height;
}

/** @param {Anchors} anchors @returns {Handle[]} from the largest part to the smallest */
export function handlesOf({ face, neck, eyes, brows, mouth }) {
  const [x, y, width, height] = face;
  const handles = [
    place("face", "Face", [x, y]), rim("face.width", "Width of the face", x + width, y),
    rim("face.height", "Height of the face", x, y + height),
  ];
  if (neck) handles.push(place("neck", "Neck", neck));
  for (const [side, out] of Object.entries(SIDES)) {
    if (eyes) handles.push(...eyeHandles(eyes, side, out));
    if (brows) handles.push(...browHandles(brows, side, out));
  }
  if (mouth) {
    const [at, level] = mouth.at;
    handles.push(place("mouth.at", "Mouth", mouth.at), rim("mouth.size", "Width of the mouth", at + mouth.size, level));
  }
  return handles;
}

function eyeHandles(eyes, side, out) {
  const [x, y] = eyes[side];
  return [
    place(`eyes.${side}`, `${side} eye`, [x, y]),
    rim(`eyes.size.${side}`, `Width of the eyes, ${side}`, x + out * eyes.size, y),
    rim(`eyes.height.${side}`, `Height of the eyes, ${side}`, x, y - eyeHeight(eyes)),
  ];
}

function browHandles(brows, side, out) {
  const [x, y] = brows[side];
  return [
    place(`brows.${side}`, `${side} eyebrow`, [x, y]),
    rim(`brows.size.${side}`, `Length of the eyebrows, ${side}`, x + out * brows.size, y),
  ];
}

function place(id, label, [x, y]) {
  return { id, label: label.charAt(0).toUpperCase() + label.slice(1), x, y, rim: false };
}

function rim(id, label, x, y) {
  return { id, label, x, y, rim: true };
}

/**
 * @param {any} anchors
 * @param {string} id of a handle
 * @param {number} x where it is put
 * @param {number} y
 * @returns {any} the anchors with that handle there; sizes never vanish
 */
export function moved(anchors, id, x, y) {
  const [part, key, side] = id.split(".");
  const given = anchors[part];
  if (part === "neck") return { ...anchors, neck: [x, y] };
  if (part === "face") return { ...anchors, face: movedFace(given, key, x, y) };
  if (key === "left" || key === "right" || key === "at") return { ...anchors, [part]: { ...given, [key]: [x, y] } };
  const [middle, level] = part === "mouth" ? given.at : given[side];
  const sized = key === "height" ? { height: factor(level - y, given.size) } : { size: size(x - middle) };
  return { ...anchors, [part]: { ...given, ...sized } };
}

function movedFace([atX, atY, width, height], key, x, y) {
  if (key === "width") return [atX, atY, size(x - atX), height];
  if (key === "height") return [atX, atY, width, size(y - atY)];
  return [x, y, width, height];
}

function size(distance) {
  return Math.max(LEAST_SIZE, Math.abs(distance));
}

/** The height of an eye is told in parts of its width. */
function factor(distance, width) {
  return Math.round((size(distance) / (EYE_SHAPE * width)) * 100) / 100;
}
