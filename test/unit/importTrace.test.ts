import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';

import { warmUpRuns } from '../../src/core/analysis/importedRun.js';
import { toFailure } from '../../src/core/common/errors.js';
import { importTrace } from '../../src/core/report/importTrace.js';
import { writeHtml } from '../../src/core/report/html.js';
import { writeJson } from '../../src/core/report/json.js';
import { writeMarkdown } from '../../src/core/report/markdown.js';
import { parseReport } from '../../src/core/report/parse.js';
import type { Report } from '../../src/protocol/report.js';
import type { ImportTraceRequest } from '../../src/protocol/worker.js';

const folder = mkdtempSync(path.join(tmpdir(), 'import-'));
const fixtures = path.join(import.meta.dirname, '../fixtures/traces');
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Event {
  cat?: string;
  name: string;
  ts: number;
  dur: number;
  tid?: number;
  args?: Record<string, unknown>;
}

const node = (name: string, opType: string, ts: number, dur: number, more: Partial<Event> = {}): Event => ({
  cat: 'Node',
  name: `${name}_kernel_time`,
  ts,
  dur,
  args: { op_name: opType, provider: 'CPUExecutionProvider' },
  ...more,
});
const run = (ts: number, dur: number, tid = 1): Event => ({ cat: 'Session', name: 'model_run', ts, dur, tid });

function write(name: string, events: readonly Event[], end = '\n]\n'): string {
  const file = path.join(folder, name);
  const lines = events.map((event) => JSON.stringify({ pid: 1, tid: 1, ph: 'X', args: {}, ...event }));
  writeFileSync(file, `[\n${lines.join(',\n')}${end}`);
  return file;
}

const open = (tracePath: string, more: Partial<ImportTraceRequest> = {}): Promise<Report> =>
  importTrace({ kind: 'importTrace', tracePath, modelPath: null, candidates: [], dimensions: [], ...more });

/** Runs of 100 µs with two kernels, after a slow first one. */
function usual(runs: number, tid = 1): Event[] {
  return Array.from({ length: runs }, (_, position) => {
    const ts = position * 1000 + (tid - 1) * 13;
    const slow = position === 0 ? 400 : 0;
    return [
      node('a', 'Conv', ts, 60 + slow, { tid }),
      node('b', 'Relu', ts + 65 + slow, 20, { tid }),
      run(ts, 100 + slow, tid),
    ];
  }).flat();
}

const messages = (report: Report): string[] => (report.scenarios[0]?.warnings ?? []).map(({ code }) => code);

describe('a profile that was recorded elsewhere', () => {
  it('gives means after the warm-up, a sum that is the median, and null for what it cannot say', async () => {
    const report = await open(write('usual.json', usual(31)));
    const [scenario] = report.scenarios;
    assert.ok(scenario?.latency && scenario.overhead);
    assert.equal(report.status, 'imported');
    assert.deepEqual(
      scenario.kernels.map(({ opType, timeNs }) => [opType, timeNs]),
      [
        ['Conv', 60_000],
        ['Relu', 20_000],
      ],
    );
    assert.deepEqual([scenario.run.warmUpRuns, scenario.run.measuredRuns], [1, 30]);
    assert.equal(scenario.latency.medianNs, 100_000);
    assert.equal(scenario.latency.firstRunNs, 500_000);
    assert.equal(scenario.overhead.timeNs, 20_000);
    const { model, environment } = report;
    const unknown = [model.fileBytes, model.nodeCount, model.parameterCount, model.weightBytes, model.contentSha256];
    const machine = [
      environment.logicalCores,
      environment.memoryBytes,
      scenario.memory,
      scenario.latency.sessionCreateNs,
    ];
    const choices = [scenario.run.seed, scenario.run.budgetSeconds, scenario.run.optimization, scenario.totals.macs];
    assert.ok([...unknown, ...machine, ...choices, scenario.overhead.eventCostNs].every((value) => value === null));
    assert.ok(scenario.kernels.every(({ macs, readBytes }) => macs === null && readBytes === null));
    assert.ok(messages(report).includes('trace.warning.noShapes'));
  });

  it('is a report like any other: valid, exported, imported again', async () => {
    const report = await open(write('usual.json', usual(12)));
    const text = writeJson(report);
    assert.equal(writeJson(parseReport(text)), text);
    assert.match(writeMarkdown(report), /usual\.json/);
    assert.doesNotMatch(writeMarkdown(report), /undefined|NaN|null/);
    assert.ok(writeHtml(report, { script: '', style: '' }).includes('"imported"'));
  });

  it('keeps apart what a server ran at once on two threads', async () => {
    const events = [...usual(20, 1), ...usual(20, 2)].sort((a, b) => a.ts + a.dur - b.ts - b.dur);
    const report = await open(write('server.json', events));
    const [scenario] = report.scenarios;
    assert.equal((scenario?.run.measuredRuns ?? 0) + (scenario?.run.warmUpRuns ?? 0), 40);
    assert.deepEqual(
      scenario?.kernels.map(({ callsPerRun }) => callsPerRun),
      [1, 1],
    );
  });

  it('takes the events of a pool of threads where the calling one has none', async () => {
    const events = usual(10).map((event) => (event.cat === 'Node' ? { ...event, tid: 7 } : event));
    const report = await open(write('pool.json', events));
    assert.equal(report.scenarios[0]?.kernels.length, 2);
  });

  it('reads what is whole of a file that was cut off, in a later run or in the first', async () => {
    const later = await open(write('cut.json', [...usual(5), node('a', 'Conv', 9000, 60)], ',\n{"cat" : "Node","na'));
    assert.equal(later.scenarios[0]?.run.measuredRuns, 4);
    assert.ok(messages(later).includes('trace.warning.skipped'));
    const first = await open(write('first.json', [node('a', 'Conv', 10, 60), node('b', 'Relu', 75, 20)], ',\n{"cat"'));
    assert.deepEqual(
      first.scenarios[0]?.kernels.map(({ timeNs }) => timeNs),
      [60_000, 20_000],
    );
    assert.ok(messages(first).includes('trace.warning.cutOff'));
  });

  it('refuses in words what holds no run', async () => {
    for (const text of ['[]', '[{"cat":"Session","name":"model_loading_uri","ts":1,"dur":2}]', '[{"x":1}]']) {
      const file = path.join(folder, 'none.json');
      writeFileSync(file, text);
      await assert.rejects(open(file), (error) => toFailure(error).message.code === 'trace.error.nothing');
    }
  });

  it('leaves fences of version 1.8 out and survives names of any kind', async () => {
    const hostile = '<img src=x onerror=1>';
    const events = usual(4).flatMap((event) =>
      event.cat === 'Node'
        ? [{ ...event, name: event.name.replace('_kernel_time', '_fence_before'), dur: 0 }, event]
        : [event],
    );
    events.splice(0, 0, node('__proto__', 'constructor', 1, 1), node(hostile, hostile, 3, 1));
    const report = await open(write('old.json', events));
    assert.deepEqual(
      report.scenarios[0]?.kernels.map(({ name }) => name),
      ['__proto__', hostile, 'a', 'b'],
    );
  });
});

describe('the model of such a profile', () => {
  const trace = path.join(fixtures, 'cnn.trace.json');
  const models = ['branches', 'cnn', 'loop', 'quantized', 'redundant'].map((name) =>
    path.join(fixtures, `${name}.original.onnx`),
  );

  it('is found among others by the names and types of its nodes, and gives kernels their nodes', async () => {
    const report = await open(trace, { candidates: models });
    assert.equal(path.basename(report.model.path), 'cnn.original.onnx');
    const [scenario] = report.scenarios;
    assert.deepEqual(
      scenario?.kernels.map(({ opType, operatorIds }) => [opType, operatorIds.length]),
      [
        ['Conv', 3],
        ['MaxPool', 1],
        ['Conv', 4],
        ['Conv', 3],
        ['GlobalAveragePool', 1],
        ['ReorderOutput', 0],
        ['Flatten', 1],
        ['Gemm', 1],
        ['Softmax', 1],
      ].slice(0, scenario?.kernels.length),
    );
    assert.ok(scenario.operators.every(({ fate }) => fate === 'run'));
    assert.ok(messages(report).includes('trace.warning.modelFound'));
    assert.ok((scenario.kernels[0]?.macs ?? 0) > 1e5);
  });

  it('is the one that was named, and none where no candidate fits', async () => {
    const named = await open(trace, { modelPath: models[1]!, candidates: [] });
    assert.equal(path.basename(named.model.path), 'cnn.original.onnx');
    const other = await open(trace, { candidates: [models[0]!, models[2]!] });
    assert.deepEqual([other.model.nodeCount, messages(other).includes('trace.warning.noModel')], [null, true]);
    const broken = path.join(folder, 'broken.onnx');
    writeFileSync(broken, readFileSync(models[1]!).subarray(0, 100));
    await assert.rejects(open(trace, { modelPath: broken }), (error) => toFailure(error).kind === 'expected');
    copyFileSync(models[1]!, path.join(folder, 'ok.onnx'));
    assert.equal((await open(trace, { candidates: [broken, path.join(folder, 'ok.onnx')] })).model.nodeCount, 15);
  });
});

describe('warm-up', () => {
  it('is the first run and those that are still slow, at most half', () => {
    assert.equal(warmUpRuns([100]), 0);
    assert.equal(warmUpRuns([100, 100]), 1);
    assert.equal(warmUpRuns([500, 300, 140, 100, 101, 99, 100, 180]), 3);
    assert.equal(warmUpRuns([900, 800, 700, 600, 100, 100]), 3);
  });
});
