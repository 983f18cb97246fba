import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { statusText, type StatusSource } from '../../src/extension/status/statusText.js';
import { Increments, runText } from '../../src/extension/status/runText.js';
import { createText } from '../../src/format/text/text.js';
import type { Scenario } from '../../src/protocol/report.js';
import type { PageRun } from '../../src/protocol/webview.js';
import { sampleReport } from './store/sampleReport.js';

const text = createText();
const quiet: StatusSource = { fileName: 'det.onnx', report: null, run: null, failure: null, stale: null };
const run: PageRun = {
  state: 'running',
  phases: [
    {
      phase: 'latency',
      state: 'running',
      done: 61,
      total: 147,
      unit: 'runs',
      round: { index: 3, total: 5 },
      remainingMs: null,
    },
  ],
  startedAt: '2026-01-01T00:00:00Z',
  elapsedMs: 6000,
  remainingMs: 5000,
};
const measured = sampleReport({
  scenarios: [{ latency: { medianNs: 43.1e6, confidenceNs: [42.5e6, 43.7e6] } } as unknown as Scenario],
});

describe('status bar', () => {
  it('shows the phase of a run with its real counts', () => {
    const shown = statusText({ ...quiet, run }, text);
    assert.match(shown?.text ?? '', /^\$\(sync~spin\) det: .*round 3 of 5.*5 s.*61 of 147 runs$/);
    assert.equal(runText({ ...run, state: 'queued' }, text), text('page.run.queued'));
  });

  it('asks to profile again after the file changed, with the time that it took', () => {
    const shown = statusText({ ...quiet, report: measured, stale: { lastRunSeconds: 8.2 } }, text);
    assert.equal(shown?.text, '$(warning) det.onnx changed · Re-profile (8 s)');
    assert.equal(shown.action, 'profile');
    const unknown = statusText({ ...quiet, report: measured, stale: { lastRunSeconds: null } }, text);
    assert.equal(unknown?.text, '$(warning) det.onnx changed · Re-profile');
  });

  it('shows the result with its interval, and nothing where there is none', () => {
    assert.equal(statusText({ ...quiet, report: measured }, text)?.text, '$(pulse) det 43.1 ms ± 0.6');
    assert.equal(statusText({ ...quiet, report: sampleReport() }, text), null);
    assert.equal(statusText(quiet, text), null);
  });

  it('draws no icon that stands in the name of a file', () => {
    const shown = statusText({ ...quiet, fileName: '$(flame).onnx', run }, text);
    assert.ok(!shown?.text.includes('$(flame)'));
  });

  it('never lets the bar of a notification go back', () => {
    const increments = new Increments();
    assert.equal(increments.next({ ...run, elapsedMs: 5000, remainingMs: 5000 }), 50);
    assert.equal(increments.next({ ...run, elapsedMs: 6000, remainingMs: 14_000 }), 0);
    assert.equal(increments.next({ ...run, elapsedMs: 15_000, remainingMs: 5000 }), 25);
    assert.equal(increments.next({ ...run, remainingMs: null }), undefined);
  });
});
