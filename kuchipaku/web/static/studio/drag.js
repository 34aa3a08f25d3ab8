/** What happens between pressing a pointer and letting it go, wherever it is meanwhile. */

/**
 * @param {(event: PointerEvent) => void} follow called for every move
 * @param {() => void} end called once
 */
export function untilReleased(follow, end) {
  const released = new AbortController();
  const { signal } = released;
  const over = () => (released.abort(), end());
  addEventListener("pointermove", follow, { signal });
  addEventListener("pointerup", over, { signal });
  addEventListener("pointercancel", over, { signal });
}
