/** One tab stop for a group of controls; arrows move inside it. */

const ITEM = '[data-roving-item]';

function itemsOf(group: Element): (HTMLElement | SVGElement)[] {
  return [...group.querySelectorAll<HTMLElement | SVGElement>(ITEM)].filter((item) => !item.hasAttribute('disabled'));
}

/** Handles arrow keys, Home and End for every group below `root`; up and down where the group is `vertical`. */
export function installRoving(root: HTMLElement): void {
  root.addEventListener('keydown', (event) => {
    const item = event.target instanceof Element ? event.target.closest<HTMLElement | SVGElement>(ITEM) : null;
    const group = item?.closest('[data-roving]');
    if (!item || !group || event.ctrlKey || event.altKey || event.metaKey) return;
    const all = itemsOf(group);
    const at = all.indexOf(item);
    const [next, previous] =
      group.getAttribute('data-roving') === 'vertical' ? ['ArrowDown', 'ArrowUp'] : ['ArrowRight', 'ArrowLeft'];
    const target =
      event.key === next
        ? all[at + 1]
        : event.key === previous
          ? all[at - 1]
          : event.key === 'Home'
            ? all[0]
            : event.key === 'End'
              ? all[all.length - 1]
              : undefined;
    if (!target) return;
    event.preventDefault();
    target.focus();
  });
  root.addEventListener('focusin', (event) => {
    const item = event.target instanceof Element ? event.target.closest<HTMLElement | SVGElement>(ITEM) : null;
    const group = item?.closest('[data-roving]');
    if (item && group) for (const other of itemsOf(group)) other.tabIndex = other === item ? 0 : -1;
  });
}

/** After drawing: every group has exactly one stop, the one that it had where it is still there. */
export function repairRoving(root: HTMLElement): void {
  for (const group of root.querySelectorAll('[data-roving]')) {
    const all = itemsOf(group);
    const kept = all.find((item) => item.getAttribute('tabindex') === '0');
    const preferred = kept ?? all.find((item) => item.hasAttribute('data-roving-first')) ?? all[0];
    for (const item of all) item.tabIndex = item === preferred ? 0 : -1;
  }
}
