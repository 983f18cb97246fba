/** JSON files from outside of the editor, dropped anywhere on the page. */

/** While one hovers over the page, so that people see where it goes. */
const HOVERS = 'file-hovers';

/**
 * `take` gets the first file of each drop while `isWanted`. Other drags are the editor's: it opens what is dropped. Of
 * ours it must not hear, since it would put its own drop zone over the page.
 */
export function takeJsonFiles(isWanted: () => boolean, take: (file: File) => void): void {
  const claim = (event: DragEvent): boolean => {
    if (!isWanted() || !isJson(event.dataTransfer)) return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  const hovers = (on: boolean): void => void document.body.classList.toggle(HOVERS, on);
  for (const type of ['dragenter', 'dragover'] as const)
    document.addEventListener(type, (event) => {
      if (!claim(event)) return;
      hovers(true);
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
    });
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) hovers(false);
  });
  document.addEventListener('drop', (event) => {
    hovers(false);
    const [file] = event.dataTransfer?.files ?? [];
    if (claim(event) && file) take(file);
  });
}

const isJson = (carried: DataTransfer | null): boolean =>
  [...(carried?.items ?? [])].some(({ kind, type }) => kind === 'file' && type === 'application/json');
