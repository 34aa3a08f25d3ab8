/** Notices a connection that is open but has fallen silent. */

/**
 * Do `work` under a signal that ends with `signal`, once nothing was `heard` for too long, or when the work is over.
 * @param {AbortSignal} signal
 * @param {number} patience the longest silence, in milliseconds
 * @param {(signal: AbortSignal, heard: () => void) => Promise<void>} work
 * @param {number} first the longest wait for the first sign of life, in milliseconds
 */
export async function watched(signal, patience, work, first = patience) {
  const over = new AbortController();
  const end = () => over.abort();
  const tire = () => over.abort(new Error("Nothing came from the server for too long."));
  signal.addEventListener("abort", end);
  let timer = setTimeout(tire, first);
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(tire, patience);
  };
  try {
    await work(over.signal, heard);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
    end();
  }
}
