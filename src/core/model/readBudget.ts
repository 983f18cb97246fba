import { ExpectedError } from '../common/errors.js';

/** Nodes, tensors, values and attributes together; the largest graphs known have some hundred thousand. */
const MAXIMUM_ENTRIES = 2_000_000;
/** Names and numbers in lists together; the trees of a large forest are tens of millions. */
const MAXIMUM_ITEMS = 32_000_000;

/** How much a file may make its reader hold, whatever it claims. */
export class ReadBudget {
  #entries = 0;
  #items = 0;

  constructor(private readonly path: string) {}

  /** One more node, tensor, value or attribute. Throws `ExpectedError` beyond what any model has. */
  countEntry(): void {
    if (++this.#entries > MAXIMUM_ENTRIES) throw this.#exceeded();
  }

  /** So many more names or numbers. */
  countItems(count: number): void {
    this.#items += count;
    if (this.#items > MAXIMUM_ITEMS) throw this.#exceeded();
  }

  #exceeded(): ExpectedError {
    return new ExpectedError('input', 'model.error.tooManyEntries', { path: this.path });
  }
}
