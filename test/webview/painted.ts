import type { Locator, Page } from 'playwright-core';

/** The page draws once a frame: what a user sees of an act is there after the next one. */
const painted = (page: Page): Promise<unknown> =>
  page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');

type Act = (...given: never[]) => Promise<unknown>;

function thenPainted(owner: object, names: readonly string[], pageOf: (self: unknown) => Page): void {
  const methods = owner as Record<string, Act>;
  for (const name of names) {
    const act = methods[name];
    if (!act) throw new Error(`no act named ${name}`);
    methods[name] = async function (this: unknown, ...given: never[]) {
      const result = await act.apply(this, given);
      await painted(pageOf(this));
      return result;
    };
  }
}

let locatorsWait = false;

/** Every act of a test on this page ends when the page has drawn what came of it. */
export function drawAfterActs(page: Page): void {
  thenPainted(page.keyboard, ['press', 'type'], () => page);
  thenPainted(page.mouse, ['click', 'move', 'wheel'], () => page);
  if (locatorsWait) return;
  locatorsWait = true;
  const acts = ['click', 'dblclick', 'fill', 'focus', 'hover', 'selectOption', 'check', 'press'];
  thenPainted(Object.getPrototypeOf(page.locator('body')) as object, acts, (self) => (self as Locator).page());
}
