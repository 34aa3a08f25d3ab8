/** Notices a connection that is open but has fallen silent. */

/**
 * Do `work` under a signal that ends with `signal`, once nothing was `heard` for too long, or when the work is over.
 * @param {AbortSignal} signal
 * @param {number} patience the longest silence, in milliseconds
 * @param {(signal: AbortSignal, heard: () => void) => Promise<void>} work
 */
export async function watched(signal, patience, work) {
  const over = new AbortController();
  const end = () => over.abort();
  signal.addEventListener("abort", end);
  let timer = setTimeout(end, patience);
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(end, patience);
  };
  try {
    await work(over.signal, heard);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
    end();
  }
}
