import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { caseModel, operatorCases } from './operatorsCases.js';
import { shapePassOf } from './operatorsShapePass.js';

describe('the rule of each operator against its kernel', () => {
  for (const operatorCase of operatorCases) {
    it(operatorCase.name, async () => {
      const pass = await shapePassOf(caseModel(operatorCase));
      assert.equal(pass.compared, 1);
      assert.deepEqual(pass.differences, []);
      assert.deepEqual([...pass.unknown, ...pass.dataDependent], []);
    });
  }
});
