import { DisposableStore, type Disposable } from '../../core/common/disposable.js';

/** Base of everything that registers something: what it owns goes when it goes, also what is added afterwards. */
export abstract class Owner implements Disposable {
  readonly #owned = new DisposableStore();
  #disposed = false;

  protected own<T extends Disposable>(item: T): T {
    return this.#owned.add(item);
  }

  protected get isDisposed(): boolean {
    return this.#disposed;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#owned.dispose();
  }
}
