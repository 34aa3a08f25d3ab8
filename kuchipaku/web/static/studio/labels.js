/** Names for people of what files and rigs call otherwise. */

const GROUPS = {
  eyebrow: "Eyebrows", eye: "Eyes", iris: "Irises", mouth: "Mouth", head: "Head", body: "Body", breath: "Breath",
};
const MORPHS = {
  mouth_aaa: "Aa",
  mouth_iii: "Ee (iii)",
  mouth_uuu: "Oo (uuu)",
  mouth_eee: "Eh",
  mouth_ooo: "Oh",
  mouth_delta: "Triangle",
  iris_small: "Small",
  iris_rotation_x: "Look down – up",
  iris_rotation_y: "Look aside",
  eye_raised_lower_eyelid: "Lower lid up",
  head_x: "Nod down – up",
  head_y: "Turn",
  neck_z: "Tilt",
  body_y: "Turn",
  body_z: "Lean",
  breathing: "Breathed in",
};

const WHOLE = {
  iris_rotation_x: "Look down – up",
  iris_rotation_y: "Look aside",
  head_x: "Head nod",
  head_y: "Head turn",
  neck_z: "Head tilt",
  body_y: "Body turn",
  body_z: "Body lean",
};

/** "eyebrow" -> "Eyebrows". */
export function groupTitle(group) {
  return GROUPS[group] ?? title(group);
}

/** "eyebrow_happy" -> "Happy", "mouth_aaa" -> "Aa". A side at the end is left out. */
export function morphTitle(name) {
  const base = sideless(name);
  return MORPHS[base] ?? title(base.replace(/^(eyebrow|eye|iris|mouth|head|body)_/, ""));
}

/** A morph's name where its group is not in sight: "eye_wink_left" -> "Eye wink left". */
export function wholeTitle(name) {
  return WHOLE[name] ?? title(name);
}

/** "eye_wink_left" -> "eye_wink". */
export function sideless(name) {
  return name.replace(/_(left|right)$/, "");
}

/** "analog_lowres" -> "Analog lowres". */
export function title(name) {
  const words = name.replaceAll("_", " ").replace(/(?<=[a-z])(?=\d)/, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A strength or setting with as many digits as it needs, at most three. */
export function short(number) {
  return String(Math.round(number * 1000) / 1000);
}
