import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { isLarge, needsOf } from '../../src/extension/session/needs.js';
import { pageFailure } from '../../src/extension/session/pageFailure.js';
import { ExpectedError, toFailure } from '../../src/core/common/errors.js';
import { aboutBytes, aboutDuration } from '../../src/format/approximate.js';
import type { Report, Scenario } from '../../src/protocol/report.js';
import { sampleReport } from './store/sampleReport.js';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const machine = { freeBytes: 6 * GIB, threads: 2 };

function staticReport(weightBytes: number, peakActivationBytes: number | null, macs = 0): Report {
  const report = sampleReport({ scenarios: [{ totals: { peakActivationBytes, macs } } as Scenario] });
  return { ...report, model: { ...report.model, weightBytes } };
}

describe('what a run needs', () => {
  it('asks before a large load, never before a small one', () => {
    const small = needsOf(staticReport(5 * MIB, 40 * MIB, 2.3e9), machine, 10, null);
    assert.ok(small !== null && !isLarge(small, 10));
    assert.ok(!isLarge({ ...small, freeBytes: 10 * MIB }, 10), 'below a GiB nobody is asked');
    const large = needsOf(staticReport(4 * GIB, GIB), machine, 10, null);
    assert.ok(large !== null && isLarge(large, 10));
    assert.ok(large.aboutBytes > 9 * GIB && large.aboutBytes < 9.5 * GIB);
    const slow = needsOf(staticReport(5 * MIB, 40 * MIB, 1e12), machine, 10, null);
    assert.ok(slow && isLarge(slow, 10), 'a model that computes for minutes');
    const long = needsOf(staticReport(5 * MIB, 40 * MIB, 2.3e9), machine, 600, null);
    assert.ok(long && !isLarge(long, 600), 'the budget is the choice of the user');
  });

  it('says nothing where shapes are unknown, and trusts the last run for the time', () => {
    assert.equal(needsOf(staticReport(5 * MIB, null), machine, 10, null), null);
    assert.equal(needsOf(staticReport(5 * MIB, MIB), machine, 10, 8.5)?.aboutSeconds, 8.5);
  });

  it('is told with the digits of an estimate', () => {
    assert.deepEqual([9.31 * GIB, 6 * GIB, 120.4 * MIB, 12 * GIB].map(aboutBytes), [
      '9.3 GiB',
      '6.0 GiB',
      '120 MiB',
      '12 GiB',
    ]);
    assert.deepEqual([0.2, 8.4, 89, 180, 9000].map(aboutDuration), ['1 s', '8 s', '89 s', '3 min', '2.5 h']);
  });
});

describe('a failure on the page', () => {
  const needs = { aboutSeconds: 10, aboutBytes: 1610 * MIB, freeBytes: 9 * GIB };
  const choices = {
    dimensions: [
      { name: 'batch', value: 1, assumed: true },
      { name: 'height', value: 4096, assumed: false },
    ],
    provider: 'cpu',
    threads: 2,
    optimization: 'all',
    input: 'synthetic',
    inputAssumed: true,
    seed: 1,
  } as const;
  const limit = toFailure(
    new ExpectedError('limit', 'error.limit.memory', { limitMiB: 1536, phase: 'latency', afterSeconds: 2.1 }),
  );

  it('offers more memory only while so much is free, then a smaller dimension', () => {
    const context = { needs, choices: { ...choices, dimensions: [...choices.dimensions] }, memoryLimitMiB: 1536 };
    assert.deepEqual(pageFailure(limit, context)?.remedies, [
      { type: 'profileWithMemory', memoryLimitMiB: 3072 },
      { type: 'changeDimension', name: 'height' },
      { type: 'inspectOnly' },
      { type: 'showLog' },
    ]);
    const tight = { ...context, needs: { ...needs, freeBytes: 2 * GIB } };
    assert.equal(pageFailure(limit, tight)?.remedies[0]?.type, 'changeDimension');
    assert.deepEqual(
      pageFailure(limit, context)?.details.map((each) => each.code),
      ['extension.failure.needs', 'extension.failure.unharmed'],
    );
  });

  it('is quiet about cancelling, and offers the log for a bug', () => {
    const context = { needs: null, choices: null, memoryLimitMiB: 0 };
    const cancelled = { kind: 'cancelled', reason: null, message: limit.message, stack: null } as const;
    assert.equal(pageFailure(cancelled, context), null);
    assert.equal(pageFailure(null, context), null);
    assert.deepEqual(pageFailure(toFailure(new Error('x')), context)?.remedies, [
      { type: 'profileAgain' },
      { type: 'showLog' },
    ]);
  });
});
