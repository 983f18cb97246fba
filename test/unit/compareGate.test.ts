import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { checkBudgets } from '../../src/core/report/compare/budgets.js';
import { compareReports } from '../../src/core/report/compare/compare.js';
import { gateOf, withFindings } from '../../src/core/report/compare/gate.js';
import { comparisonMarkdown } from '../../src/core/report/compareMarkdown.js';
import { parseWorkspaceFile } from '../../src/core/report/workspaceFile.js';
import { createText } from '../../src/format/text/text.js';
import { gateText } from '../../src/format/views/comparison.js';
import type { Report } from '../../src/protocol/report.js';
import { modelSettingsFor } from '../../src/core/configs/modelSettings.js';
import { runOf } from './compareFixture.js';

const text = createText();
const run = (name = 'Conv_0', ms = 10, seed = 1): Report =>
  runOf({ nodes: [{ name, opType: 'Conv' }], kernels: [{ runs: [name], ms, macs: 1e6 }], seed });

describe('budgets', () => {
  /** Median 10 ms, its interval from 9.9 ms; p95 of 10.3 ms; 50 MiB; 1,000 bytes; a million MACs. */
  const report = run();
  report.scenarios[0]!.latency = {
    ...report.scenarios[0]!.latency!,
    medianNs: 10e6,
    confidenceNs: [9.9e6, 10.1e6],
    p95Ns: 10.3e6,
  };
  const outcome = (budgets: Parameters<typeof checkBudgets>[1]): string =>
    withFindings(null, checkBudgets(report, budgets)).outcome;

  it('fail above the limit, and leave open what the noise does', () => {
    assert.equal(outcome({ medianMs: 10.2, p95Ms: 10.4, memoryBytes: 60e6, fileBytes: 1000, macs: 1e6 }), 'passed');
    assert.equal(outcome({ medianMs: 9.8 }), 'failed');
    assert.equal(outcome({ medianMs: 9.95 }), 'inconclusive');
    assert.equal(outcome({ p95Ms: 10.1 }), 'failed');
    assert.equal(outcome({ p95Ms: 10.25 }), 'inconclusive');
    assert.equal(outcome({ memoryBytes: 40e6 }), 'failed');
    assert.equal(outcome({ memoryBytes: 50e6 }), 'inconclusive');
    assert.equal(outcome({ fileBytes: 999 }), 'failed');
    assert.equal(outcome({ macs: 999_999 }), 'failed');
  });

  it('are open where the figure is not known, and say how to know it', () => {
    assert.equal(outcome({ usdPerMillion: 1 }), 'inconclusive');
    const gate = withFindings(null, checkBudgets(report, { p99Ms: 40, fileBytes: 1 }));
    assert.deepEqual(gateText(gate, text), {
      outcome: 'failed',
      headline: 'Failed: one regression.',
      lines: [
        'Model size is 1,000 B; the budget is 1 B.',
        'Latency, p99 needs more runs than were made; the budget is 40.0 ms. Use a longer --budget.',
      ],
    });
  });

  it('come from the workspace’s file, the more special entry over the general one', () => {
    const file = parseWorkspaceFile(
      '{"models": {"*.onnx": {"budgets": {"p95Ms": 40, "macs": 5}}, "a.onnx": {"budgets": {"macs": 7}, "baseline": "b.json"}}}',
      'inference-profiler.json',
    );
    assert.deepEqual(modelSettingsFor(file, 'a.onnx')?.budgets, { p95Ms: 40, macs: 7 });
    assert.equal(modelSettingsFor(file, 'a.onnx')?.baseline, 'b.json');
  });
});

describe('a comparison as Markdown', () => {
  it('keeps names names, whatever they hold', () => {
    const hostile = '<img src=x onerror=alert(1)> | `x` @somebody [a](http://b) **b**';
    const [before, after] = [run(hostile, 10, 1), run(hostile, 14, 2)];
    after.model.outputs = [{ name: `${hostile}\n# title`, dataType: 'float32', shape: null }];
    const compared = compareReports(before, after);
    const markdown = comparisonMarkdown({ ...compared, gate: gateOf(compared, 0.05) }, text);
    assert.ok(!markdown.includes('<img'));
    assert.ok(!/@somebody/.test(markdown));
    assert.ok(!markdown.includes('](http'));
    assert.ok(!/^# title/m.test(markdown));
    // Every row of a table has the columns of its head, pipes in names notwithstanding.
    for (const line of markdown.split('\n').filter((each) => each.startsWith('|')))
      assert.equal(line.split(/(?<!\\)\|/).length, 8, line);
    assert.match(markdown, /^\*\*Failed: \d regressions\.\*\*$/m);
  });
});
