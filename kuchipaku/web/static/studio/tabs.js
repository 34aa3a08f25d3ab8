/** Tabs: one panel in sight, its name behind "#" in the address. */

/** @param {HTMLElement} list holds elements with the role "tab" that control panels */
export function wireTabs(list) {
  const tabs = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[role=tab]")]);
  const choose = (chosen) => {
    for (const tab of tabs) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = tab !== chosen;
    }
    history.replaceState(null, "", `#${chosen.id.replace(/-tab$/, "")}`);
  };
  for (const tab of tabs) tab.addEventListener("click", () => choose(tab));
  list.addEventListener("keydown", ({ key }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (!step) return;
    const next = tabs.at((tabs.findIndex((tab) => tab === document.activeElement) + step) % tabs.length);
    choose(next);
    next.focus();
  });
  choose(tabs.find((tab) => `#${tab.id}` === `${location.hash}-tab`) ?? tabs[0]);
}
