/** The slash commands. */

import { characterNamed, context, present, tell } from "./client.js";
import { post } from "./live/api.js";
import { Utterance } from "./speaker.js";

const HELP = {
  emote: "Shows a feeling while nothing is said: one of the 28 labels, such as joy.",
  say: "Says a text aloud, as it stands. Marks such as *joy* set the feeling of a sentence.",
  stop: "Silences the live character.",
  load: "Lets one of the server's characters play the part; without a name, brings this one's picture there.",
};

/**
 * @param {import("./speaker.js").Speaker} speaker
 * @param {import("./cast.js").Cast} cast
 * @param {import("./theatre.js").Theatre} theatre
 * @param {() => void} stop
 */
export function addCommands(speaker, cast, theatre, stop) {
  const emote = async (character, emotion) => {
    await post("api/talkinghead/studio", { character: await cast.partOf(character), emotion });
    return emotion;
  };
  const say = async (character, text) => {
    const utterance = new Utterance(character);
    utterance.end(text);
    speaker.say(utterance);
    return text;
  };
  const load = async (character, name) => {
    const part = name.toLowerCase();
    if (part && !(await cast.refresh()).some((card) => card.name === part)) {
      throw new Error(`The server has no character ${name}; it has ${cast.known.map((card) => card.name).join(", ")}.`);
    }
    cast.assign(character, part || (await cast.bring(character)));
    theatre.reconnect();
    return part;
  };
  add("kuchi-emote", HELP.emote, "emotion", true, emote);
  add("kuchi-say", HELP.say, "text", true, say);
  add("kuchi-stop", HELP.stop, "", false, async () => (stop(), ""));
  add("kuchi-load", HELP.load, "server's character", false, load);
}

function add(name, helpString, what, isRequired, act) {
  const { SlashCommandParser, SlashCommand, ARGUMENT_TYPE, ...kinds } = context();
  const string = { typeList: [ARGUMENT_TYPE.STRING] };
  const character = { name: "character", description: "who: by name; else who is in the chat", ...string };
  const text = { description: what, isRequired, ...string };
  SlashCommandParser.addCommandObject(SlashCommand.fromProps({
    name,
    helpString,
    returns: what || undefined,
    namedArgumentList: what ? [kinds.SlashCommandNamedArgument.fromProps(character)] : [],
    unnamedArgumentList: what ? [kinds.SlashCommandArgument.fromProps(text)] : [],
    callback: (named, given) => answered(act, named.character, String(given ?? "").trim(), isRequired && what),
  }));
}

/** What a command gives; what goes wrong is told, and gives nothing. */
async function answered(act, name, text, needed) {
  try {
    const character = name ? characterNamed(name) : present()[0];
    if (needed && !text) throw new Error(`Say which ${needed}.`);
    if (!character && name) throw new Error(`Nobody is called ${name}.`);
    if (!character && act.length) throw new Error("There is no character in this chat.");
    return await act(character, text);
  } catch (error) {
    tell([error.message, error.hint].filter(Boolean).join(" "), "warning");
    return "";
  }
}
