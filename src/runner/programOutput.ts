import { promisify } from 'node:util';

/**
 * What a program prints. Loads what starts programs only when it is asked to: most systems tell everything in files.
 * Rejects as `execFile` does; what was printed before a failure is the error's `stdout`.
 */
export async function programOutput(file: string, words: readonly string[], timeoutMs: number): Promise<string> {
  const { execFile } = await import('node:child_process');
  return (await promisify(execFile)(file, words, { timeout: timeoutMs, windowsHide: true })).stdout;
}
