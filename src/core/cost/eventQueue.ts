/** A binary heap of events by time; those of one time come in the order in which they went in. */
export class EventQueue<E> {
  private readonly items: { timeNs: number; order: number; event: E }[] = [];
  private pushed = 0;

  get nextNs(): number {
    return this.items[0]?.timeNs ?? Infinity;
  }

  push(timeNs: number, event: E): void {
    const { items } = this;
    const item = { timeNs, order: this.pushed++, event };
    let at = items.length;
    items.push(item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (isBefore(items[parent]!, item)) break;
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = item;
  }

  pop(): E | undefined {
    const { items } = this;
    const [first] = items;
    const last = items.pop();
    if (!first || !last) return undefined;
    if (items.length === 0) return first.event;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && isBefore(items[child + 1]!, items[child]!)) child += 1;
      if (isBefore(last, items[child]!)) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = last;
    return first.event;
  }
}

const isBefore = (one: { timeNs: number; order: number }, other: { timeNs: number; order: number }): boolean =>
  one.timeNs < other.timeNs || (one.timeNs === other.timeNs && one.order < other.order);
