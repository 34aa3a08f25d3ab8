/** Poses made by rule: rest, chance, and a look that follows a point. */

import { sideless } from "./labels.js";

/** @typedef {import("./sliders.js").Morph} Morph */

const TURNS = ["iris_rotation_x", "iris_rotation_y", "head_x", "head_y", "neck_z"];
/** How far the head goes where the eyes look. */
const HEAD_SHARE = 0.7;

/**
 * @param {Morph[]} morphs
 * @param {Record<string, number>} [pose]
 * @returns {Record<string, number>} `pose` with every morph it leaves out at rest
 */
export function whole(morphs, pose = {}) {
  return Object.fromEntries(morphs.map(({ name }) => [name, pose[name] ?? 0]));
}

/**
 * A face nobody planned: one brow, one shape of the eyes, one of the mouth, and the head turned a little.
 * @param {Morph[]} morphs
 * @param {() => number} [chance] gives 0 to 1
 */
export function randomPose(morphs, chance = Math.random) {
  const pose = whole(morphs);
  for (const group of ["eyebrow", "eye", "mouth"]) {
    const members = morphs.filter((morph) => morph.group === group).map(({ name }) => name);
    const chosen = sideless(members[Math.floor(chance() * members.length)]);
    const strength = rounded(0.4 + 0.6 * chance());
    for (const name of members) if (sideless(name) === chosen) pose[name] = strength;
  }
  for (const name of TURNS) if (name in pose) pose[name] = rounded(chance() - 0.5);
  return pose;
}

/**
 * The morphs that turn eyes and head to a point.
 * @param {number} x -1 (left edge, as seen) to 1
 * @param {number} y -1 (top) to 1
 */
export function lookingAt(x, y) {
  const held = (value) => Math.max(-1, Math.min(1, value));
  const [up, aside] = [held(-y), held(-x)];
  const look = { iris_rotation_x: up, iris_rotation_y: aside, head_x: HEAD_SHARE * up, head_y: HEAD_SHARE * aside };
  return Object.fromEntries(Object.entries(look).map(([name, value]) => [name, rounded(value)]));
}

function rounded(strength) {
  return Math.round(strength * 100) / 100;
}
