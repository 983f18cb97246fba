/** Something that must be let go of. Same shape as VS Code's, so that the extension can hand it over. */
export interface Disposable {
  dispose(): void;
}

/** Collects disposables and lets go of them once, last one first. */
export class DisposableStore implements Disposable {
  private readonly held = new Set<Disposable>();
  private disposed = false;

  /** Returns its argument; disposes it at once when the store is already gone. */
  add<T extends Disposable>(item: T): T {
    if (this.disposed) item.dispose();
    else this.held.add(item);
    return item;
  }

  dispose(): void {
    this.disposed = true;
    for (const item of [...this.held].reverse()) {
      this.held.delete(item);
      item.dispose();
    }
  }
}
