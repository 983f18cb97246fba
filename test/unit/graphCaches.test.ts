import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deadOperators } from '../../src/core/analysis/deadOperators.js';
import { withCarriedTypes } from '../../src/core/model/carriedTypes.js';
import { FileConstants } from '../../src/core/model/constants.js';
import type { ModelGraph } from '../../src/core/model/graph.js';
import { countParameters } from '../../src/core/model/parameters.js';
import { withSafeNames } from '../../src/core/model/safeNames.js';
import { tensorNumbers } from '../../src/core/model/tensorNumbers.js';
import { writeModel } from '../../src/core/model/write.js';
import { analyzeModel } from '../../src/core/operators/analyze.js';
import { PLAN_METHODS } from '../../src/core/quantization/types.js';
import { generate } from '../models/index.js';
import { convModel, gemmModel, matMulModel, rewritten } from './quantizationGraph.js';

/** What is kept by graph is made, and whatever changes the graph from then on throws. */
function analysedAndFrozen(model: ModelGraph): ModelGraph {
  figuresOf(model);
  return frozen(model);
}

function frozen<T extends object>(value: T): T {
  if (Object.isFrozen(value) || ArrayBuffer.isView(value)) return value;
  Object.freeze(value);
  for (const inner of Object.values(value) as unknown[]) if (typeof inner === 'object' && inner !== null) frozen(inner);
  return value;
}

/** What analyses find of it, by names. */
function figuresOf(model: ModelGraph) {
  const { graph } = model;
  const { nodes, totals } = analyzeModel(model, { bindings: new Map(), constants: new FileConstants(model) });
  const { names, reads } = tensorNumbers(graph);
  return {
    totals,
    nodes: nodes.map(({ id, cost, constant }) => ({ id, cost, constant })),
    read: [...reads].map((tensor) => names[tensor]),
    dead: deadOperators(graph),
    parameters: countParameters(model),
  };
}

/** The same figures as of a copy, of which nothing can have been kept. */
const assertOwnFigures = (model: ModelGraph, what: string): void => {
  assert.deepEqual(figuresOf(model), figuresOf(structuredClone(model)), what);
};

describe('what is kept of a graph', () => {
  for (const [name, model] of Object.entries({ conv: convModel(), gemm: gemmModel(), matMul: matMulModel() })) {
    it(`is not used for the rewritten ${name}, and the graph that it was made of stays as it is`, () => {
      const original = analysedAndFrozen(model);
      for (const method of PLAN_METHODS) assertOwnFigures(rewritten(original, method), method);
    });
  }

  it('is not used for a graph with other names or other inputs, nested graphs included', () => {
    for (const name of ['branches', 'loop', 'halfPrecision'] as const) {
      const original = analysedAndFrozen(generate(name));
      const { model } = withSafeNames(original);
      assertOwnFigures(model, name);
      assertOwnFigures(withCarriedTypes(model), name);
    }
  });

  it('is of a graph that stays as it is when it is written', () => {
    const original = analysedAndFrozen(generate('branches'));
    const before = structuredClone(original);
    writeModel(original, { weights: 'reference' });
    assert.deepEqual(original, before);
  });
});
