// What the extension uses of SillyTavern: the context, its events, and a server that notes what it is asked.
{
  const events = new Map();
  const names = [
    "APP_READY", "GENERATION_STARTED", "GENERATION_STOPPED", "STREAM_TOKEN_RECEIVED", "MESSAGE_RECEIVED",
    "MESSAGE_SENT",
    "MESSAGE_SWIPED", "MESSAGE_EDITED", "MESSAGE_DELETED", "CHAT_CHANGED", "GROUP_UPDATED", "GROUP_MEMBER_DRAFTED",
  ];
  const state = {
    extensionSettings: { kuchipaku: { address: "http://kuchi.test" } },
    characters: [{ avatar: "Ann.png", name: "Ann" }, { avatar: "Ben.png", name: "Ben" }],
    characterId: 0, groupId: null, groups: [], chat: [], streamingProcessor: null,
    ...STATE,
  };
  const commands = [];
  const fromProps = (props) => props;
  const eventSource = {
    on: (type, listener) => events.set(type, [...(events.get(type) ?? []), listener]),
    emit: (type, ...told) => (events.get(type) ?? []).forEach((listener) => listener(...told)),
  };
  globalThis.SillyTavern = {
    getContext: () => ({
      ...state,
      eventSource,
      eventTypes: Object.fromEntries(names.map((name) => [name, name.toLowerCase()])),
      saveSettingsDebounced() { globalThis.tavern.saved += 1; },
      SlashCommandParser: { addCommandObject: (command) => commands.push(command) },
      SlashCommand: { fromProps }, SlashCommandArgument: { fromProps }, SlashCommandNamedArgument: { fromProps },
      ARGUMENT_TYPE: { STRING: "string" },
    }),
  };
  /** For the tests: emit an event, look at the state, the requests and the toasts. */
  globalThis.tavern = {
    state, commands, saved: 0, asked: [], told: [],
    emit: (name, ...told) => eventSource.emit(name.toLowerCase(), ...told),
  };
  const tell = (text) => tavern.told.push(text);
  globalThis.toastr = { info: tell, warning: tell, error: tell };
}
{
  // A server that answers what the extension needs, and whose performances go on until they are ended or stopped.
  const real = globalThis.fetch;
  const json = (body, status = 200) => new Response(JSON.stringify(body), { status });
  const performances = new Map();
  let generation = 0;
  const server = (globalThis.kuchiServer = {
    characters: ["ann", "ben"], key: "", down: false, taken: [], score: 100, live: 0, performances,
  });

  const stream = (signal, start) => new Response(new ReadableStream({
    start(sink) {
      signal?.addEventListener("abort", () => { try { sink.error(signal.reason); } catch { /* it is over */ } });
      start(sink);
    },
  }));
  const tell = (sink, event, data) =>
    sink.enqueue(new TextEncoder().encode(`event: ${event}\ndata: ${JSON.stringify({ type: event, ...data })}\n\n`));

  function perform(signal, character) {
    const id = `p${performances.size + 1}`;
    generation += 1;
    return stream(signal, (sink) => {
      performances.set(id, {
        end: () => { tell(sink, "done", { reason: "complete", duration: 0 }); sink.close(); },
        speech: () => tell(sink, "speech", { n: 0, piece: 0, start: 0, duration: 1 }),
      });
      tell(sink, "start", { performance: id, generation, character });
    });
  }

  async function picture() {
    const canvas = new OffscreenCanvas(8, 8);
    canvas.getContext("2d").fillRect(0, 0, 8, 8);
    return new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
  }

  async function live(signal) {
    const body = await picture();
    signal.throwIfAborted();
    const head = `--frame\r\nContent-Type: image/png\r\nContent-Length: ${body.length}\r\nX-Frame: 1\r\n\r\n`;
    server.live += 1;
    signal.addEventListener("abort", () => (server.live -= 1));
    return stream(signal, (sink) => { sink.enqueue(new TextEncoder().encode(head)); sink.enqueue(body); });
  }

  function posted(path, body, signal) {
    if (path === "/api/perform") return perform(signal, body.character);
    if (path === "/api/stop") return json({ ok: true, generation: (generation += 1) });
    if (path === "/api/fit") return json({ score: server.score });
    if (path === "/api/characters") {
      if (server.taken.includes(body.name)) return json({ error: "the name is taken" }, 409);
      if (server.score === 0) return json({ error: "that is no picture" }, 400);
      server.characters.push(body.name);
      return json({ name: body.name }, 201);
    }
    const [, id, what] = /performances\/(\w+)\/(\w+)/.exec(path) ?? [];
    if (what === "text" && body.end) setTimeout(() => performances.get(id).end());
    return json({ ok: true });
  }

  globalThis.fetch = async (input, options = {}) => {
    const url = new URL(input, location.href);
    if (url.host !== "kuchi.test") return real(input, options);
    if (server.down) throw new TypeError("Failed to fetch");
    const sent = options.body instanceof FormData
      ? Object.fromEntries([...options.body].map(([name, value]) => [name, value instanceof Blob ? value.size : value]))
      : JSON.parse(options.body ?? "null");
    const held = new Headers(options.headers).get("Authorization") ?? "";
    tavern.asked.push({ method: options.method ?? "GET", path: url.pathname, body: sent, key: held });
    options.signal?.throwIfAborted();
    if (server.key && held !== `Bearer ${server.key}`) return json({ error: "401: Invalid API key" }, 401);
    if (url.pathname.startsWith("/live/")) return live(options.signal);
    if (url.pathname === "/health") return json({ version: "0.1.0", voice: "espeak", characters: 2, uptime: 1 });
    if (options.method === "POST") return posted(url.pathname, sent, options.signal);
    return json({ characters: server.characters.map((name) => ({ name, title: name, temperament: 0.5 })) });
  };
}
