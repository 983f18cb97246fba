import { open, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';

import { ExpectedError } from '../../core/common/errors.js';
import type { Report } from '../../protocol/report.js';
import type { DimensionRequest } from '../../protocol/worker.js';
import { ExitCode } from '../exitCodes.js';
import type { CommonFlags } from '../flags.js';
import type { Log } from '../log.js';
import { asksForOutput, writeReport } from '../outputs.js';
import type { Terminal } from '../terminal.js';

export interface ExportFlags extends CommonFlags {
  html?: string;
  md?: string;
  csv?: string;
  trace?: string;
  model?: string;
  dim?: DimensionRequest[];
}

/** A stored report, or a profile that ONNX Runtime wrote, in any format; JSON is of the newest schema. */
export async function exportReport(file: string, flags: ExportFlags, terminal: Terminal, log: Log): Promise<number> {
  if (!asksForOutput(flags)) throw new ExpectedError('input', 'cli.export.nothing');
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) throw new ExpectedError('input', 'cli.export.missing', { file });
  const report = (await isTrace(file)) ? await readTrace(file, flags, log) : await readStored(file, found.size);
  await writeReport(report, flags, terminal);
  return ExitCode.done;
}

/** A profile is an array of events, a report an object. */
async function isTrace(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0);
    return /^(\uFEFF)?\s*\[/.test(buffer.toString('utf8', 0, bytesRead));
  } finally {
    await handle.close();
  }
}

async function readStored(file: string, size: number): Promise<Report> {
  const [{ parseReport }, { MAXIMUM_REPORT_BYTES }] = await Promise.all([
    import('../../core/report/parse.js'),
    import('../../core/report/limits.js'),
  ]);
  if (size > MAXIMUM_REPORT_BYTES)
    throw new ExpectedError('input', 'report.parse.tooLarge', { maximum: MAXIMUM_REPORT_BYTES / 2 ** 20 });
  return parseReport(await readFile(file, 'utf8'));
}

/** In a worker: a gigabyte of events is read there, and a model beside the trace is looked for. */
async function readTrace(file: string, flags: ExportFlags, log: Log): Promise<Report> {
  const { Runner } = await import('../../runner/runner.js');
  const runner = new Runner({ distFolder: __dirname, logger: log });
  try {
    return await runner.importTrace({
      tracePath: path.resolve(file),
      modelPath: flags.model === undefined ? null : path.resolve(flags.model),
      candidates: await modelsBeside(file),
      dimensions: flags.dim ?? [],
    });
  } finally {
    runner.dispose();
  }
}

async function modelsBeside(file: string): Promise<string[]> {
  const folder = path.dirname(path.resolve(file));
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => /\.(onnx|ort)$/i.test(name)).map((name) => path.join(folder, name));
}
