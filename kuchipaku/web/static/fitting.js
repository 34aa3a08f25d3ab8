/** What the server thinks of a picture: a score, what it looked at, and the picture before and after. */

import { json } from "./api.js";
import { byId, icon, make } from "./dom.js";

/**
 * @typedef {object} Check
 * @property {string} name
 * @property {"ok" | "mended" | "look" | "bad"} verdict
 * @property {string} message
 * @property {string} hint
 */

/** Where the head has to be for an avatar: the networks know a small box only. */
const FRAMINGS = { puppet: "portrait", tha3: "tha" };
const VERDICTS = { ok: "Good", mended: "Mended", look: "Have a look", bad: "Cannot be mended" };

/** The part of the dialog that tells how well a picture will do. */
export class FitReport {
  #asking = new AbortController();

  /**
   * Have a picture looked at; what was asked for before no longer matters.
   * @param {File | undefined} picture
   * @param {string} avatar what it is to be made ready for
   */
  async look(picture, avatar) {
    this.#asking.abort();
    this.#asking = new AbortController();
    this.#show(picture ? "busy" : "none");
    if (!picture) return;
    const body = new FormData();
    body.append("picture", picture);
    body.append("framing", FRAMINGS[avatar] ?? "portrait");
    const { signal } = this.#asking;
    try {
      const told = await json("api/fit", { method: "POST", body, signal });
      if (!signal.aborted) this.#tell(told);
    } catch (error) {
      if (!signal.aborted) this.#show("none");
      if (error.name !== "AbortError") throw error;
    }
  }

  /** @param {"none" | "busy" | "told"} state */
  #show(state) {
    byId("fit").hidden = state === "none";
    byId("fit-busy").hidden = state !== "busy";
    byId("fit-told").hidden = state !== "told";
  }

  #tell({ score, checks, preview }) {
    const dial = byId("fit-score");
    dial.style.setProperty("--score", String(score));
    dial.dataset.grade = score >= 80 ? "good" : score >= 50 ? "fair" : "poor";
    dial.setAttribute("aria-label", `Score: ${score} of 100`);
    dial.textContent = String(score);
    byId("fit-sum").textContent = summary(score);
    byId("fit-preview").src = preview;
    byId("fit-checks").replaceChildren(...checks.map(row));
    this.#show("told");
  }
}

function summary(score) {
  if (score >= 80) return "This picture will do well.";
  if (score >= 50) return "This picture will do; have a look at the marks below.";
  return "This picture will be hard to bring to life.";
}

/** @param {Check} check */
function row({ verdict, message, hint }) {
  const named = { class: "verdict", role: "img", "aria-label": VERDICTS[verdict] ?? verdict };
  const sign = make("span", named, icon(verdict));
  const text = make("span", {}, message);
  if (hint) text.append(make("small", {}, hint));
  return make("li", { "data-verdict": verdict }, sign, text);
}
