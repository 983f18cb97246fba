import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fixture, fixtureNames, realModels, staticOnly } from '../models/index.js';
import { shapePass } from './operatorsShapePass.js';

const realSizes: Record<keyof typeof realModels, Record<string, number>> = {
  det: { 'x:2': 640, 'x:3': 640 },
  rec: { 'x:3': 320 },
  cls: { 'x:2': 48, 'x:3': 192 },
  sileroLegacy: {},
  sileroV5: { 'input:1': 512 },
  sileroV6: { 'input:1': 576 },
};

/** Operators of fixtures whose output sizes only a run knows. */
const dataDependent: Record<string, string[]> = {
  loopByInput: ['Loop'],
  dataDependent: ['Compress', 'GatherND', 'NonZero', 'Transpose', 'Unique'],
};

describe('static shapes equal those that the runtime computes, operator by operator', () => {
  for (const name of Object.keys(realModels) as (keyof typeof realModels)[]) {
    it(name, async () => {
      const pass = await shapePass(realModels[name], realSizes[name]);
      assert.ok(pass.compared > 100, `${pass.compared} compared`);
      assert.deepEqual(pass.differences, []);
      assert.deepEqual([...pass.unknown, ...pass.dataDependent], []);
      assert.deepEqual(pass.notExpected, [], 'a branch runs that was called impossible');
    });
  }

  for (const name of fixtureNames.filter((fixtureName) => !staticOnly.has(fixtureName))) {
    it(name, async () => {
      const pass = await shapePass(fixture(name));
      assert.ok(pass.compared > 0);
      assert.deepEqual(pass.differences, []);
      assert.deepEqual([...pass.unknown], []);
      assert.deepEqual([...pass.dataDependent].sort(), dataDependent[name] ?? []);
      assert.deepEqual(pass.notExpected, []);
    });
  }
});
