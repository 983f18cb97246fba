/** The theme as the page's drawings see it. */

/** An exported file has no editor around it: the reader's system says light or dark, as the editor would. */
export function followColorScheme(): void {
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  const apply = (): void => {
    document.body.classList.add('document');
    document.body.classList.toggle('vscode-dark', dark.matches);
    document.body.classList.toggle('vscode-light', !dark.matches);
  };
  dark.addEventListener('change', apply);
  apply();
}

/** Calls back when the editor's theme changes. */
export function onThemeChange(callback: () => void): () => void {
  const observer = new MutationObserver(callback);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  return () => {
    observer.disconnect();
  };
}

/** The colour that a class of the page has now, whatever theme variables it comes from. */
export function computedColor(near: HTMLElement, className: string): string {
  const probe = document.createElement('span');
  probe.className = `probe ${className}`;
  near.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
