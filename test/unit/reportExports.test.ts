import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';

import { toFailure } from '../../src/core/common/errors.js';
import { writeCsv } from '../../src/core/report/csv.js';
import { writeJson } from '../../src/core/report/json.js';
import { writeMarkdown } from '../../src/core/report/markdown.js';
import { code, inline, markdownTable } from '../../src/core/report/markdownText.js';
import { parseReport } from '../../src/core/report/parse.js';
import { type TraceEventRecord, writeTrace } from '../../src/core/report/trace.js';
import { durationWithError } from '../../src/format/units.js';
import { buildReport } from '../webview/reportFixture.js';
import { hostileReport } from './hostileReport.js';

const report = buildReport({ kernels: 120 });
const hostile = hostileReport();

/** RFC 4180, read back. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /"((?:[^"]|"")*)"(,|\r\n)|([^",\r\n]*)(,|\r\n)/y;
  while (cell.lastIndex < text.length) {
    const found = cell.exec(text);
    assert.ok(found, `row ${rows.length} is not CSV`);
    row.push(found[1]?.replaceAll('""', '"') ?? found[3] ?? '');
    if ((found[2] ?? found[4]) === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

describe('JSON', () => {
  it('is byte-equal after export, import, export', () => {
    for (const one of [report, hostile]) {
      const first = writeJson(one);
      assert.equal(writeJson(parseReport(first)), first);
    }
  });

  it('has long lists as they would be in one text, whole blocks, rests and none at all', () => {
    const scenario = report.scenarios[0]!;
    for (const count of [0, 1, 256, 257, 600]) {
      const ids = Array.from({ length: count }, (_, index) => `n${index}`);
      const operators = ids.map((id) => ({ ...report.operators[0]!, id }));
      const own = ids.map((operatorId) => ({ ...scenario.operators[0]!, operatorId }));
      const one = { ...report, operators, scenarios: [{ ...scenario, operators: own }, scenario] };
      assert.equal(writeJson(one), `${JSON.stringify(one)}\n`);
    }
    const without = { ...report, scenarios: [], cost: undefined as never };
    assert.equal(writeJson(without), `${JSON.stringify(without)}\n`);
  });

  const folder = path.join(import.meta.dirname, '../fixtures/reports');
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.json')))
    it(`opens ${name}, written by an older engine`, () => {
      const parsed = parseReport(readFileSync(path.join(folder, name), 'utf8'));
      assert.equal(parsed.schemaVersion, 1);
      assert.ok(writeMarkdown(parsed).length > 200 && writeCsv(parsed).split('\r\n').length > 10);
    });

  it('refuses a newer one in words', () => {
    const text = writeJson(report).replace('"schemaVersion":1', '"schemaVersion":9');
    assert.throws(
      () => parseReport(text),
      (error) => toFailure(error).message.code === 'report.parse.newer',
    );
  });
});

describe('CSV', () => {
  it('has one row a kernel and one an operator, with the figures of the report', () => {
    const [heads = [], ...rows] = readCsv(writeCsv(report));
    const at = (row: string[] | undefined, column: string): string => row?.[heads.indexOf(column)] ?? '';
    const [scenario] = report.scenarios;
    const kernels = rows.filter((row) => at(row, 'record') === 'kernel');
    assert.equal(kernels.length, scenario?.kernels.length);
    assert.equal(rows.length - kernels.length, scenario?.operators.length);
    assert.ok(rows.every((row) => row.length === heads.length));
    for (const [index, kernel] of (scenario?.kernels ?? []).entries()) {
      assert.equal(Number(at(kernels[index], 'timeNs')), kernel.timeNs);
      assert.equal(at(kernels[index], 'macs'), kernel.macs === null ? '' : String(kernel.macs));
    }
  });

  it('holds nothing that a spreadsheet would run', () => {
    const rows = readCsv(writeCsv(hostile));
    assert.ok(rows.length > 100 && rows.every((row) => row.length === rows[0]?.length));
    const live = rows.flat().filter((cell) => /^\s*[=+\-@|%＝＋－＠]/.test(cell) && !/^-?[\d.e+-]+$/.test(cell));
    assert.deepEqual(live, []);
    assert.ok(rows.flat().some((cell) => cell === '\'=cmd|"/C calc"!A0'));
    assert.ok(!/[\r\n]/.test(rows.flat().join('')));
  });
});

describe('Markdown', () => {
  it('says the figures as the panel does, and fits a comment', () => {
    const text = writeMarkdown(report);
    const latency = report.scenarios[0]?.latency;
    assert.ok(latency);
    const error = (latency.confidenceNs[1] - latency.confidenceNs[0]) / 2;
    assert.ok(text.includes(`**${durationWithError(latency.medianNs, error)}**`));
    assert.ok(text.includes(report.scenarios[0]?.run.command ?? '-'));
    assert.doesNotMatch(text, /\{\w+\}|undefined|NaN|page\.|cli\.|report\./);
    assert.ok(text.length < 20_000);
    assert.ok(writeMarkdown(hostileReport(5000)).length < 60_000);
  });

  it('keeps a table a table', () => {
    const rows = writeMarkdown(hostile)
      .split('\n')
      .filter((line) => line.startsWith('|'));
    const cells = rows.map((row) => row.split(/(?<!\\)\|/).length - 2);
    assert.ok(rows.length > 20);
    assert.deepEqual([...new Set(cells)].sort(), [2, 4, 7]);
  });

  it('fences names with more backticks than they hold', () => {
    assert.equal(code('a'), '`a`');
    assert.equal(code('``` x `'), '```` ``` x ` ````');
    assert.equal(inline('- a_b <i> @you'), '\\- a\\_b \\<i\\> @\u200byou');
    assert.equal(inline('1. x'), '1\\. x');
    assert.equal(markdownTable([{ heading: 'h', right: true }], [['a|b']]), '| h |\n| ---: |\n| a\\|b |');
  });
});

interface TraceFile {
  traceEvents: TraceEventRecord[];
}

/** Against the Chrome trace event format: known phases, whole ids, times, and on each track events inside each other or apart. */
function checkTrace(text: string): TraceEventRecord[] {
  const { traceEvents } = JSON.parse(text) as TraceFile;
  const open = new Map<string, number[]>();
  for (const event of traceEvents) {
    assert.ok(['M', 'X', 'C'].includes(event.ph));
    assert.ok(Number.isInteger(event.pid) && Number.isInteger(event.tid) && typeof event.name === 'string');
    assert.ok(Number.isFinite(event.ts) && event.ts >= 0);
    if (event.ph !== 'X') continue;
    assert.ok(event.dur !== undefined && event.dur >= 0);
    const track = `${event.pid} ${event.tid}`;
    const ends = (open.get(track) ?? []).filter((end) => end > event.ts);
    assert.ok(
      ends.every((end) => event.ts + (event.dur ?? 0) <= end),
      `${event.name} ends after what it is in`,
    );
    open.set(track, [...ends, event.ts + event.dur]);
  }
  return traceEvents;
}

describe('the trace', () => {
  const durations = (events: readonly TraceEventRecord[]): number => {
    const kernels = events.filter(({ cat }) => cat === 'compute' || cat === 'layout' || cat === 'copy');
    return kernels.reduce((sum, { dur }) => sum + (dur ?? 0), 0);
  };

  it('is valid and holds every kernel in its module, as long as it took', () => {
    const events = checkTrace(writeTrace(report));
    const kernels = report.scenarios[0]?.kernels ?? [];
    assert.equal(events.filter(({ ph, args }) => ph === 'X' && args?.['kernel'] !== undefined).length, kernels.length);
    const sumUs = kernels.reduce((sum, { timeNs }) => sum + timeNs, 0) / 1000;
    assert.ok(Math.abs(durations(events) - sumUs) < 1);
    assert.ok(events.some(({ cat, name }) => cat === 'module' && name === 'stage 1'));
    assert.ok(events.some(({ ph }) => ph === 'C'));
  });

  it('nests what a Loop or an If ran, and survives names of any kind', () => {
    const nested = structuredClone(report);
    const [first, second] = nested.scenarios[0]?.kernels ?? [];
    assert.ok(first && second);
    second.parentId = first.id;
    first.timeNs += second.timeNs;
    checkTrace(writeTrace(nested));
    const events = checkTrace(writeTrace(hostile));
    assert.ok(events.every(({ name }) => name.length <= 200));
  });
});
