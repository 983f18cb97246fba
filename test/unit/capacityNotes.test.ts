import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sharedFirst } from '../../src/core/cost/capacityNotes.js';
import type { CapacityNote } from '../../src/protocol/report.js';

describe('notes on the capacity of several scenarios', () => {
  const pays = (scenarioId: string, percent: number): CapacityNote => ({
    code: 'serving.note.batchingPays',
    params: { percent },
    scenarioId,
  });
  const fixed = (scenarioId: string): CapacityNote => ({ code: 'serving.note.noBatch', params: {}, scenarioId });

  it('say once, first and of none what holds for all, and name the scenario of the rest', () => {
    const notes = sharedFirst([
      [pays('s0', 10), fixed('s0')],
      [pays('s1', 80), fixed('s1')],
    ]);
    assert.deepEqual(notes, [{ code: 'serving.note.noBatch', params: {} }, pays('s0', 10), pays('s1', 80)]);
  });

  it('are of none where there is one scenario', () => {
    assert.deepEqual(sharedFirst([[fixed('s0')]]), [{ code: 'serving.note.noBatch', params: {} }]);
    assert.deepEqual(sharedFirst([]), []);
  });

  it('keep those of a scenario that the last one does not have', () => {
    assert.deepEqual(sharedFirst([[fixed('s0')], []]), [fixed('s0')]);
  });
});
