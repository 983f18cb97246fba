import Mocha from 'mocha';
import { renameSync, writeFileSync } from 'node:fs';

/** Runs what `load` declares, and writes the outcome to the file that the harness waits for. */
export async function runMocha(load: () => void): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 120_000, reporter: 'min' });
  mocha.suite.emit('pre-require', globalThis as unknown as Mocha.MochaGlobals, '', mocha);
  const lines: string[] = [];
  let passed = 0;
  let failed = 0;
  try {
    load();
    await new Promise<void>((resolve) => {
      const runner = mocha.run(() => {
        resolve();
      });
      runner.on('pass', (test) => {
        passed++;
        lines.push(`ok     ${test.fullTitle()} (${test.duration ?? 0} ms)`);
      });
      runner.on('fail', (test, error: Error) => {
        failed++;
        lines.push(`FAILED ${test.fullTitle()}\n${error.stack ?? error.message}`);
      });
    });
  } catch (error) {
    failed++;
    lines.push(`FAILED to load the tests\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
  const file = process.env.EXTENSION_TEST_RESULT;
  if (!file) throw new Error('EXTENSION_TEST_RESULT is not set');
  // The harness waits for the file to appear: it must be whole by then.
  writeFileSync(`${file}.part`, JSON.stringify({ passed, failed, report: lines.join('\n') }));
  renameSync(`${file}.part`, file);
}
