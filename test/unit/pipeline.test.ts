import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { serviceAlone } from '../../src/core/cost/answers/services.js';
import { pipelineServices, requestServices } from '../../src/core/cost/pipeline.js';
import { replicaCapacity } from '../../src/core/cost/service.js';
import { simulatedReplicas, type SimulatedQuery } from '../../src/core/cost/simulatedReplicas.js';
import { replicasFor } from '../../src/core/cost/queueing.js';
import { parseWorkspaceFile } from '../../src/core/report/workspaceFile.js';
import type { Report } from '../../src/protocol/report.js';
import { measuredReport } from '../webview/costFixture.js';
import { MS, serviceOf } from './support/services.js';

describe('a pipeline', () => {
  const det = { callsPerRequest: 1, services: [serviceOf(40)] };
  const rec = { callsPerRequest: 12, services: [serviceOf(5)] };

  it('takes the calls of all its steps, and the time outside them', () => {
    const [found] = pipelineServices([det, rec], { outsideModelMs: 7 }, 1);
    assert.ok(Math.abs((found?.byBatch[0]?.meanNs ?? 0) / MS - (40 + 60 + 7)) < 0.01);
    assert.ok((found?.byBatch[0]?.squaredVariation ?? 1) < 1e-12);
  });

  it('calls a step that is needed every other time in every other request', () => {
    const [found] = pipelineServices([det, { ...rec, callsPerRequest: 2.5 }], {}, 1);
    const { meanNs, minNs, samplesNs } = found!.byBatch[0]!;
    assert.ok(Math.abs(meanNs / MS - 52.5) < 0.2, String(meanNs));
    assert.deepEqual(
      [minNs, samplesNs.at(-1)].map((ns) => Math.round((ns ?? 0) / MS)),
      [50, 55],
    );
  });

  it('spares the calls of requests that a cache answers', () => {
    const [none] = pipelineServices([det], {}, 1);
    const [half] = pipelineServices([det], { cacheHitPercent: 50 }, 1);
    assert.ok(Math.abs(replicaCapacity(half!) / replicaCapacity(none!) - 2) < 0.01);
    assert.equal(Math.round((half?.byBatch[0]?.samplesNs.at(-1) ?? 0) / MS), 40);
  });

  it('is served only in ways that all steps were measured in', () => {
    const two = { callsPerRequest: 1, services: [serviceOf(40), serviceOf(50, 'deterministic', 2)] };
    const found = pipelineServices([two, rec], {}, 1);
    assert.deepEqual(
      found.map(({ sessions }) => sessions),
      [1],
    );
    assert.deepEqual(pipelineServices([], {}, 1), []);
  });

  it('is priced from reports: as all were measured, else from their calls alone', () => {
    const reportOf = (sessions: number) => {
      const report = measuredReport();
      return { ...report, capacity: report.capacity.map((one) => ({ ...one, sessions })) };
    };
    const alone = (of: { scenarios: Report['scenarios'] }) =>
      serviceAlone({ capacity: [] }, of.scenarios[0]!)!.byBatch[0]!.meanNs;
    const both = (one: number, other: number) =>
      requestServices(
        [
          { callsPerRequest: 1, report: reportOf(one) },
          { callsPerRequest: 2, report: reportOf(other) },
        ],
        {},
        1,
      );
    const [together] = both(2, 2);
    assert.equal(together?.sessions, 2);
    assert.ok(Math.abs(together.byBatch[0]!.meanNs / (3 * 39.8e6) - 1) < 0.01);
    const [apart] = both(2, 3);
    assert.equal(apart?.sessions, 1);
    assert.ok(Math.abs(apart.byBatch[0]!.meanNs / (3 * alone(reportOf(1))) - 1) < 0.02);
  });

  it('stands in the workspace file, and a wrong step is named with its place', () => {
    const file = parseWorkspaceFile(
      '{"pipelines":[{"name":"ocr","steps":[{"model":"det.onnx"},{"model":"rec.onnx","callsPerRequest":12}],"cacheHitPercent":20}]}',
      'f',
    );
    assert.equal(file.pipelines?.[0]?.steps[1]?.callsPerRequest, 12);
    for (const wrong of [
      '{"pipelines":[{"name":"a","steps":[]}]}',
      '{"pipelines":[{"name":"a","steps":[{"model":"m","callsPerRequest":0}]}]}',
    ])
      assert.throws(() => parseWorkspaceFile(wrong, 'f'), /report\.workspaceFile\.schema.*pipelines\[0\]\.steps/);
  });
});

describe('replicas by simulation', () => {
  const query = (more: Partial<SimulatedQuery>): SimulatedQuery => ({
    ...{ service: serviceOf(20), ratePerSecond: 100, percentile: 0.95, targetNs: 60 * MS, headroom: 0.3 },
    ...{ spareReplicas: 0, seed: 1, deadlineMs: Infinity },
    ...more,
  });
  const found = (
    more: Partial<SimulatedQuery>,
  ): Exclude<ReturnType<typeof simulatedReplicas>, { unmetReason: unknown }> => {
    const answer = simulatedReplicas(query(more));
    if ('unmetReason' in answer) throw new Error(answer.unmetReason.code);
    return answer;
  };

  it('hold the target in the simulation, and as few do as the formula says for steady calls', () => {
    const answer = found({});
    const formula = replicasFor(query({}));
    assert.ok('replicas' in formula && Math.abs(formula.replicas - answer.replicas) <= 1);
    assert.equal(answer.basis, 'simulation');
    assert.ok(answer.percentileNs <= 60 * MS && answer.percentileNs >= 20 * MS);
  });

  it('are fewer where sessions alone are quicker than all at once, which the formula leaves out', () => {
    const service = { ...serviceOf(20, 'deterministic', 4), pace: [0.4, 0.6, 0.8, 1] };
    const more = { service, ratePerSecond: 300, targetNs: 28 * MS, headroom: 0 };
    const formula = replicasFor(query(more));
    assert.ok('replicas' in formula && found(more).replicas < formula.replicas);
  });

  it('never keep less than the headroom, and count the spare ones', () => {
    const answer = found({ targetNs: null, spareReplicas: 1 });
    assert.equal(answer.replicas, 4);
    assert.ok(Math.abs(answer.utilization - 0.5) < 0.02);
  });

  it('leave the formula its word without traffic, without time, and for very many', () => {
    for (const more of [{ ratePerSecond: 0 }, { deadlineMs: -1 }, { ratePerSecond: 1e6, targetNs: null }])
      assert.equal(found(more).basis, 'formula');
    assert.ok('unmetReason' in simulatedReplicas(query({ targetNs: MS })));
  });
});
