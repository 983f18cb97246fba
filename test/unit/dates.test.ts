import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createText } from '../../src/format/text/text.js';
import { sideTexts } from '../../src/format/views/comparison.js';
import { commitText, distinctDates, runNames, tickDates } from '../../src/format/views/dates.js';

const at = (time: string): string => new Date(`2026-11-22T${time}`).toISOString();

describe('Names of runs beside each other', () => {
  it('have seconds, or finer, only where minutes are the same', () => {
    const texts = distinctDates([at('21:04:05'), at('21:04:47'), at('21:05:00')]);
    assert.deepEqual(texts, ['22 Nov 2026, 21:04:05', '22 Nov 2026, 21:04:47', '22 Nov 2026, 21:05']);
    const close = distinctDates([at('21:04:05.120'), at('21:04:05.900'), at('21:04:06')]);
    assert.deepEqual(close, ['22 Nov 2026, 21:04:05.120', '22 Nov 2026, 21:04:05.900', '22 Nov 2026, 21:04:06']);
  });

  it('are the names that the user gave, with the date where two are the same', () => {
    const names = runNames([
      { name: 'before', createdAt: at('21:04') },
      { name: 'nightly', createdAt: at('21:05') },
      { name: 'nightly', createdAt: at('21:06') },
      { name: null, createdAt: at('21:07') },
    ]);
    assert.deepEqual(names, [
      'before',
      'nightly, 22 Nov 2026, 21:05',
      'nightly, 22 Nov 2026, 21:06',
      '22 Nov 2026, 21:07',
    ]);
  });

  it('are times on an axis of one day, else days', () => {
    assert.deepEqual(tickDates([at('21:04'), at('22:10')]), ['21:04', '22:10']);
    assert.deepEqual(tickDates([new Date('2026-11-21T21:04').toISOString(), at('21:04')]), ['21 Nov', '22 Nov']);
  });

  it('tell the two sides of a comparison apart', () => {
    const side = { path: '/m/det.onnx', commit: '1a2b3c4d5e6f', dirty: true } as never as Parameters<
      typeof sideTexts
    >[0]['base'];
    const texts = sideTexts(
      { base: { ...side, createdAt: at('21:04:05') }, new: { ...side, createdAt: at('21:04:47') } },
      createText(),
    );
    assert.match(texts.before, /det\.onnx.*21:04:05.*1a2b3c4/);
    assert.match(texts.now, /det\.onnx.*21:04:47.*1a2b3c4/);
  });

  it('show a commit with a sign where files were changed since', () => {
    assert.equal(commitText({ commit: '1a2b3c4d5e6f', dirty: true }), '1a2b3c4d5+');
    assert.equal(commitText(null), '');
  });
});
