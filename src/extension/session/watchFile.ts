import * as vscode from 'vscode';

/** Calls back when the file was written or made, also outside the workspace. */
export function watchFile(uri: vscode.Uri, onChange: () => void): vscode.Disposable {
  const folder = vscode.Uri.joinPath(uri, '..');
  const name = uri.path.slice(uri.path.lastIndexOf('/') + 1);
  // In braces each special character stands for itself.
  const pattern = name.replace(/[*?[\]{}]/g, (special) => `[${special}]`);
  const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, pattern));
  return vscode.Disposable.from(watcher, watcher.onDidChange(onChange), watcher.onDidCreate(onChange));
}
