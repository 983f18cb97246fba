import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createText } from '../../src/format/text/text.js';
import { readHours } from '../../src/format/views/costHours.js';

const text = createText();
const day = Array.from({ length: 24 }, (_, hour) => hour);

describe('rates of each hour', () => {
  it('are read with spaces, lines, commas or semicolons between, of a day or of a week', () => {
    for (const between of [' ', '\n', ',', ', ', '; ', '\t'])
      assert.deepEqual(readHours(` ${day.join(between)} `, text), { hourly: day }, JSON.stringify(between));
    const week = Array.from({ length: 7 }, () => day).flat();
    assert.deepEqual(readHours(week.join(' '), text), { hourly: week });
    assert.deepEqual(readHours(day.map((hour) => `${hour},5`).join(' '), text), {
      hourly: day.map((hour) => hour + 0.5),
    });
  });

  it('are none where nothing is written, and refused in words where they are no hours', () => {
    assert.deepEqual(readHours('  ', text), { hourly: null });
    assert.deepEqual(readHours('1 2 3', text), {
      wrong: 'These are 3 figures: 24 of a day or 168 of a week are needed.',
    });
    for (const other of ['many', '-1', '1e3', '0x10', 'NaN'])
      assert.deepEqual(readHours([other, ...day.slice(1)].join(' '), text), {
        wrong: `“${other}” is not a plain number.`,
      });
  });
});
