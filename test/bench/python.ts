/** Python with onnx and onnxruntime, where the machine has it: a peer for benchmarks, never a dependency. */

import { spawnSync } from 'node:child_process';
import path from 'node:path';

const script = path.join(import.meta.dirname, 'quantizationPeer.py');
const LONGEST_MS = 170_000;

/** `PYTHON` names another interpreter. */
const interpreter = process.env['PYTHON'] ?? (process.platform === 'win32' ? 'python' : 'python3');

/** Standard output; null where there is no such Python. Throws what the script throws. */
export function runPython(words: readonly string[]): string | null {
  const found = spawnSync(interpreter, [script, 'available'], { encoding: 'utf8', timeout: LONGEST_MS });
  if (found.status !== 0) {
    console.log(`  passed over: ${interpreter} has no onnx, onnxruntime and numpy`);
    return null;
  }
  const { status, stdout, stderr } = spawnSync(interpreter, [script, ...words], {
    encoding: 'utf8',
    timeout: LONGEST_MS,
  });
  if (status !== 0) throw new Error(`${words.join(' ')}: ${stderr.slice(-2000)}`);
  return stdout;
}
