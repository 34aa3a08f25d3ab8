/** Which family an emotion belongs to; the style sheet gives each family its colour. */

const FAMILIES = {
  bright: ["joy", "amusement", "excitement", "optimism", "pride"],
  kind: ["approval", "admiration", "gratitude", "relief"],
  tender: ["love", "caring", "desire"],
  awake: ["surprise", "realization", "curiosity", "confusion"],
  cross: ["anger", "annoyance", "disapproval", "disgust"],
  low: ["sadness", "grief", "disappointment", "remorse"],
  shy: ["fear", "nervousness", "embarrassment"],
};

/**
 * @param {string} emotion one of the 28 labels
 * @returns {string} its family; "plain" for neutral and unknown ones
 */
export function familyOf(emotion) {
  return Object.entries(FAMILIES).find(([, labels]) => labels.includes(emotion))?.[0] ?? "plain";
}
