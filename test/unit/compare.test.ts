import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { align } from '../../src/core/report/compare/alignment.js';
import { compareReports } from '../../src/core/report/compare/compare.js';
import { gateOf } from '../../src/core/report/compare/gate.js';
import { studentQuantile } from '../../src/core/report/compare/significance.js';
import { createText } from '../../src/format/text/text.js';
import { changeText, groupChange } from '../../src/format/views/comparison.js';
import type { ComparedGroup, Comparison } from '../../src/protocol/compare.js';
import type { Report } from '../../src/protocol/report.js';
import { type NodeSpec, runOf, type KernelSpec, type RunSpec } from './compareFixture.js';

const text = createText();

/** Conv_0 + Relu_1, Conv_2 + Relu_3, … of 1, 2, 3 … milliseconds. */
function chain(pairs: number): { nodes: NodeSpec[]; kernels: KernelSpec[] } {
  const nodes: NodeSpec[] = [];
  const kernels: KernelSpec[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    const [conv, relu] = [`Conv_${2 * pair}`, `Relu_${2 * pair + 1}`];
    const shape = [1, 8 + pair];
    nodes.push({ name: conv, opType: 'Conv', shape, attributes: { group: 1, kernel_shape: [3, 3] } });
    nodes.push({ name: relu, opType: 'Relu', shape });
    kernels.push({ runs: [conv, relu], ms: pair + 1, macs: 1000 * (pair + 1) });
  }
  return { nodes, kernels };
}

const groupOf = (comparison: Comparison, name: string): ComparedGroup =>
  comparison.groups.find((group) => group.name === name) ??
  assert.fail(`no group ${name} among ${comparison.groups.map((group) => group.name).join()}`);

const alarms = ({ groups }: Comparison): string[] =>
  groups.filter(({ verdict }) => verdict === 'slower' || verdict === 'faster').map(({ name }) => name);

describe('comparison of two reports', () => {
  it('shows no difference between 40 pairs of runs of one model that differ by noise alone', () => {
    for (let pair = 0; pair < 40; pair += 1) {
      // Each session is up to 2 % faster or slower as a whole, each kernel varies by 4 % a round.
      const shift = (seed: number): number => 1 + 0.02 * Math.sin(seed * 7.3);
      const run = (seed: number): Report => runOf({ ...chain(60), noise: 0.04, seed, factor: shift(seed), rounds: 3 });
      const comparison = compareReports(run(2 * pair), run(2 * pair + 1));
      assert.deepEqual(alarms(comparison), [], `pair ${pair}`);
      assert.ok(['same', 'inconclusive'].includes(comparison.verdict));
      assert.notEqual(gateOf(comparison, 0.05).outcome, 'failed');
    }
  });

  it('names the one kernel that became 30 % slower, and passes over the others', () => {
    const after = chain(12);
    after.kernels[5]!.ms *= 1.3;
    const comparison = compareReports(runOf({ ...chain(12), seed: 1 }), runOf({ ...after, seed: 2 }));
    assert.deepEqual(alarms(comparison), ['Conv_10']);
    const { ratio, interval, baseOperatorIds, newOperatorIds } = groupOf(comparison, 'Conv_10');
    assert.ok(ratio! > 1.27 && ratio! < 1.33);
    assert.ok(interval![0] > 1 && interval![0] < ratio! && ratio! < interval![1]);
    assert.deepEqual(
      [baseOperatorIds, newOperatorIds],
      [
        ['n10', 'n11'],
        ['n10', 'n11'],
      ],
    );
    assert.equal(comparison.verdict, 'worse');
  });

  it('compares what is fused differently as one group, and names the fusion that broke', () => {
    const after = chain(6);
    after.kernels.splice(2, 1, { runs: ['Conv_4'], ms: 3, macs: 3000 }, { runs: ['Relu_5'], opType: 'Relu', ms: 0.8 });
    const comparison = compareReports(runOf({ ...chain(6), seed: 1 }), runOf({ ...after, seed: 2 }));
    assert.equal(comparison.groups.length, 6);
    const group = groupOf(comparison, 'Conv_4');
    assert.deepEqual([group.baseKernelIds, group.newKernelIds], [['k2'], ['k2', 'k3']]);
    assert.equal(group.verdict, 'slower');
    assert.match(groupChange(group, text), /^\+2\d %: Conv_4 no longer fuses with Relu$/);
    assert.deepEqual([group.baseLabel, group.newLabel], ['Conv + Relu', 'Conv; Relu']);
    // And the other way round.
    const back = groupOf(compareReports(runOf({ ...after, seed: 2 }), runOf({ ...chain(6), seed: 1 })), 'Conv_4');
    assert.match(groupChange(back, text), /^−\d+ %: Conv_4 now fuses with Relu$/);
  });

  it('pairs operators whose numbers shifted because one was put in', () => {
    const before = chain(30);
    const inserted = { name: 'Conv_0', opType: 'Conv', shape: [1, 99], attributes: { group: 4 } };
    const renamed = (name: string): string => name.replace(/\d+/, (digits) => String(Number(digits) + 1));
    const after = {
      nodes: [inserted, ...before.nodes.map((node) => ({ ...node, name: renamed(node.name) }))],
      kernels: [
        { runs: ['Conv_0'], ms: 2, macs: 10 },
        ...before.kernels.map((kernel) => ({ ...kernel, runs: kernel.runs.map(renamed) })),
      ],
    };
    const comparison = compareReports(runOf({ ...before, seed: 1 }), runOf({ ...after, seed: 2 }));
    assert.deepEqual(alarms(comparison), []);
    const pairs = comparison.groups.map(({ baseOperatorIds, newOperatorIds }) => [
      baseOperatorIds[0],
      newOperatorIds[0],
    ]);
    assert.deepEqual(pairs[0], [undefined, 'n0']);
    for (let at = 1; at < pairs.length; at += 1) assert.deepEqual(pairs[at], [`n${2 * at - 2}`, `n${2 * at - 1}`]);
    assert.equal(groupOf(comparison, 'Conv_0').verdict, 'new');
  });

  it('pairs operators of files that share no name at all by their structure', () => {
    const before = chain(20);
    const names = new Map(before.nodes.map(({ name }, at) => [name, `node${(at * 37) % 101}x`]));
    const after = {
      nodes: before.nodes.map((node) => ({ ...node, name: names.get(node.name)! })),
      kernels: before.kernels.map((kernel) => ({ ...kernel, runs: kernel.runs.map((name) => names.get(name)!) })),
    };
    const comparison = compareReports(runOf({ ...before, seed: 1 }), runOf({ ...after, seed: 2 }));
    assert.deepEqual(
      comparison.groups.map(({ baseOperatorIds, newOperatorIds }) => baseOperatorIds.join() === newOperatorIds.join()),
      comparison.groups.map(() => true),
    );
    assert.deepEqual(comparison.matched, { base: 1, new: 1 });
  });

  it('pairs each layer with its integer form between the conversions that quantizing puts in', () => {
    const before = chain(8);
    const nodes: NodeSpec[] = [];
    const kernels: KernelSpec[] = [];
    for (const [at, { name, opType, shape }] of before.nodes.entries()) {
      if (opType !== 'Conv') continue;
      nodes.push({ name: `quantize_${at}`, opType: 'QuantizeLinear', shape: shape! });
      nodes.push({ name: `${name}_quant`, opType: 'QLinearConv', shape: shape! });
      nodes.push({ name: `dequantize_${at}`, opType: 'DequantizeLinear', shape: shape! });
      nodes.push({ name: `act_${at}`, opType: 'Relu', shape: shape! });
      kernels.push({ runs: [`quantize_${at}`], opType: 'QuantizeLinear', ms: 0.1 });
      kernels.push({
        runs: [`${name}_quant`],
        opType: 'QLinearConv',
        ms: 0.4 * (at / 2 + 1),
        macs: 1000 * (at / 2 + 1),
      });
      kernels.push({ runs: [`dequantize_${at}`], opType: 'DequantizeLinear', ms: 0.1 });
      kernels.push({ runs: [`act_${at}`], opType: 'Relu', ms: 0.1 });
    }
    const comparison = compareReports(runOf({ ...before, seed: 1 }), runOf({ nodes, kernels, seed: 2 }));
    for (let pair = 0; pair < 8; pair += 1) {
      const group = groupOf(comparison, `Conv_${2 * pair}_quant`);
      assert.ok(group.baseOperatorIds.includes(`n${2 * pair}`));
      assert.equal(group.baseKernelIds.length, 1);
      assert.deepEqual(group.baseMacs, group.newMacs);
    }
    assert.equal(comparison.verdict, 'better');
  });

  it('calls new and gone what one side alone runs', () => {
    const [before, after] = [chain(4), chain(4)];
    after.nodes.splice(4, 2, { name: 'Gelu_new', opType: 'Gelu', shape: [1, 77] });
    after.kernels.splice(2, 1, { runs: ['Gelu_new'], opType: 'Gelu', ms: 1 });
    const comparison = compareReports(runOf({ ...before, seed: 1 }), runOf({ ...after, seed: 2 }));
    const verdicts = Object.fromEntries(comparison.groups.map(({ name, verdict }) => [name, verdict]));
    assert.deepEqual(verdicts, { Conv_0: 'same', Conv_2: 'same', Conv_4: 'gone', Conv_6: 'same', Gelu_new: 'new' });
    assert.equal(groupOf(comparison, 'Conv_4').newNs, null);
    assert.equal(groupOf(comparison, 'Gelu_new').ratio, null);
  });

  it('explains a slower kernel by the multiply-accumulates that it gained', () => {
    const after = chain(6);
    after.kernels[3] = { ...after.kernels[3]!, ms: 5.2, macs: 5200 };
    const comparison = compareReports(runOf({ ...chain(6), seed: 1 }), runOf({ ...after, seed: 2 }));
    assert.match(
      groupChange(groupOf(comparison, 'Conv_6'), text),
      /^\+(2|3)\d %: \+30 % multiply-accumulates \(4.00 K → 5.20 K\)$/,
    );
  });

  it('says nothing of kernels too small to trust', () => {
    const after = chain(4);
    for (const kernel of after.kernels) Object.assign(kernel, { trusted: false, ms: kernel.ms * 3 });
    const comparison = compareReports(runOf({ ...chain(4), seed: 1 }), runOf({ ...after, seed: 2 }));
    assert.deepEqual(new Set(comparison.groups.map(({ verdict }) => verdict)), new Set(['unknown']));
    assert.equal(comparison.verdict, 'worse');
  });
});

describe('what differs besides the model', () => {
  const run = (spec: Partial<RunSpec> = {}): Report => runOf({ ...chain(4), ...spec });
  const codes = (base: Report, next: Report): string[] => compareReports(base, next).notes.map(({ code }) => code);

  it('is nothing for two runs of one machine under one set of conditions', () => {
    assert.deepEqual(codes(run(), run({ seed: 3 })), []);
  });

  it('is called out before any number: machine, dimensions, provider, threads, runtime', () => {
    const other = run({ seed: 2 });
    other.machineId = 'another';
    other.environment = { ...other.environment, cpuModel: 'Other CPU', runtimeVersion: '1.31.0' };
    const [scenario] = other.scenarios;
    scenario!.inputs[0]!.shape = [4, 8];
    scenario!.dimensions = [{ name: 'batch', value: 4, source: 'flag' }];
    scenario!.run = { ...scenario!.run, threads: 1, provider: 'cuda' };
    const { notes } = compareReports(run(), other);
    const differences = notes.filter(({ kind }) => kind === 'different').map(({ code }) => code.split('.').at(-1));
    assert.deepEqual(differences, ['machine', 'dimensions', 'provider', 'threads']);
    assert.ok(notes.some(({ code }) => code === 'compare.note.runtime'));
  });

  it('takes a machine that slowed for what it is, and draws nothing from it', () => {
    const slow = run({ seed: 2, factor: 1.25, referenceNs: 620_000 });
    const comparison = compareReports(run(), slow);
    assert.equal(comparison.verdict, 'inconclusive');
    assert.deepEqual(alarms(comparison), []);
    assert.equal(gateOf(comparison, 0.05).outcome, 'inconclusive');
    assert.ok(codes(run(), slow).includes('compare.note.slowerMachine'));
    // The same times on a machine that kept its speed are a regression.
    assert.equal(gateOf(compareReports(run(), run({ seed: 2, factor: 1.25 })), 0.05).outcome, 'failed');
  });

  it('takes cores that were moved apart for what they are, whichever run they slowed', () => {
    const apart = run({ seed: 2, factor: 1.6, handoffNs: 460 });
    assert.equal(gateOf(compareReports(run(), apart), 0.05).outcome, 'inconclusive');
    assert.deepEqual(alarms(compareReports(run(), apart)), []);
    assert.ok(codes(run(), apart).includes('compare.note.coresApart'));
    assert.ok(codes(apart, run()).includes('compare.note.coresCloser'));
    // It varies by itself, and explains no more than it can.
    assert.equal(gateOf(compareReports(run(), run({ seed: 2, factor: 1.6, handoffNs: 180 })), 0.05).outcome, 'failed');
    assert.equal(gateOf(compareReports(run(), run({ seed: 2, factor: 6, handoffNs: 9000 })), 0.05).outcome, 'failed');
  });

  it('draws no more from a run than its own moods allow, the rounds that were left out among them', () => {
    const moody = run({ seed: 2, factor: 1.1 });
    const { rounds } = moody.scenarios[0]!.latency!;
    const slow = rounds.slice(0, 3).map((round) => ({
      ...round,
      samplesNs: round.samplesNs.map((ns) => ns * 1.3),
      kept: false,
    }));
    assert.equal(gateOf(compareReports(run(), moody), 0.05).outcome, 'failed');
    rounds.push(...slow);
    assert.equal(gateOf(compareReports(run(), moody), 0.05).outcome, 'inconclusive');
  });

  it('judges the tail by the tails of the rounds', () => {
    const tailed = run({ seed: 2, noise: 0.001 });
    const latency = tailed.scenarios[0]!.latency!;
    for (const { samplesNs } of latency.rounds) for (const at of [3, 7]) samplesNs[at]! *= 1.5;
    latency.p95Ns! *= 1.5;
    const { failures } = gateOf(compareReports(run({ noise: 0.001 }), tailed), 0.05);
    assert.deepEqual(
      failures.map(({ about }) => about),
      ['p95Ns'],
    );
    // Where only some rounds had it, it may be gone the next time.
    for (const { samplesNs } of latency.rounds.slice(1)) for (const at of [3, 7]) samplesNs[at]! /= 1.5;
    assert.deepEqual(gateOf(compareReports(run({ noise: 0.001 }), tailed), 0.05).failures, []);
  });

  it('draws nothing from runs beside a busy process', () => {
    const busy = run({ seed: 2, factor: 1.4, otherLoadCores: 0.9 });
    assert.equal(gateOf(compareReports(run(), busy), 0.05).outcome, 'inconclusive');
    assert.ok(codes(run(), busy).includes('compare.note.busy'));
  });
});

describe('gate', () => {
  const base = runOf({ ...chain(6), seed: 1 });

  it('fails on a significant regression above the limit and names the kernels', () => {
    const after = chain(6);
    for (const at of [4, 5]) after.kernels[at]!.ms *= 1.4;
    const comparison = compareReports(base, runOf({ ...after, seed: 2 }));
    const { outcome, failures } = gateOf(comparison, 0.05);
    assert.equal(outcome, 'failed');
    assert.deepEqual(
      failures.map(({ about }) => about),
      ['latencyNs', 'p95Ns'],
    );
    assert.match(String(failures[0]!.params['kernels']), /^Conv_10 \+\d\d %; Conv_8 \+\d\d %$/);
    // One that stays below the limit passes.
    assert.notEqual(gateOf(comparison, 0.5).outcome, 'failed');
  });

  it('fails on memory, size and multiply-accumulates that grew, whatever the machine did', () => {
    const grown = runOf({
      ...chain(6),
      seed: 2,
      peakResidentBytes: 80 * 2 ** 20,
      fileBytes: 1200,
      macs: 30_000,
      referenceNs: 800_000,
    });
    const { failures } = gateOf(compareReports(base, grown), 0.05);
    assert.deepEqual(
      failures.map(({ about }) => about),
      ['peakResidentBytes', 'fileBytes', 'macs'],
    );
  });

  it('lets memory vary as processes do, and leaves open what one measurement cannot tell', () => {
    const MiB = 2 ** 20;
    const gate = (from: number, to: number, failOn: number): [verdict: string, gate: string] => {
      const [was, is] = [from, to].map((size, seed) =>
        runOf({ ...chain(6), seed: seed + 1, peakResidentBytes: size * MiB }),
      );
      const comparison = compareReports(was!, is!);
      const { failures, open } = gateOf(comparison, failOn);
      const named = (findings: typeof open): boolean => findings.some(({ about }) => about === 'peakResidentBytes');
      const outcome = named(failures) ? 'failed' : named(open) ? 'open' : 'passed';
      return [comparison.totals.peakResidentBytes.verdict, outcome];
    };
    // The largest difference seen between two of 60 processes of one model.
    assert.deepEqual(gate(35, 40.5, 0.05), ['inconclusive', 'open']);
    assert.deepEqual(gate(35, 38, 0.05), ['same', 'passed']);
    assert.deepEqual(gate(50, 53, 0), ['same', 'passed']);
    assert.deepEqual(gate(50, 80, 0.05), ['worse', 'failed']);
    assert.deepEqual(gate(80, 50, 0.05), ['better', 'passed']);
    // A change for sure, and yet not surely one above the limit.
    assert.deepEqual(gate(1000, 1070, 0.05), ['worse', 'open']);
    assert.deepEqual(gate(1000, 1120, 0.05), ['worse', 'failed']);
  });

  it('fails on inputs and outputs that are not the same any more, but not on a renamed symbol', () => {
    const renamed = runOf({ ...chain(6), seed: 1 });
    renamed.model.inputs = [{ name: 'x', dataType: 'float32', shape: ['N', 8] }];
    assert.deepEqual(compareReports(base, renamed).contract, []);
    const changed = runOf({ ...chain(6), seed: 1 });
    changed.model.inputs = [{ name: 'x', dataType: 'float16', shape: ['batch', 8] }];
    changed.model.outputs = [{ name: 'z', dataType: 'float32', shape: ['batch', 8] }];
    const { outcome, failures } = gateOf(compareReports(base, changed), 0.05);
    assert.equal(outcome, 'failed');
    assert.deepEqual(
      failures.map((failure) => text.message(failure)),
      ['Input x changed: float32 batch × 8 before, float16 batch × 8 now.', 'Output y is gone.', 'Output z is new.'],
    );
  });

  it('judges no time across machines', () => {
    const other = runOf({ ...chain(6), seed: 2, factor: 2 });
    other.machineId = 'another';
    const { outcome, open } = gateOf(compareReports(base, other), 0.05);
    assert.equal(outcome, 'inconclusive');
    assert.deepEqual(
      open.map(({ code }) => code),
      ['compare.gate.different'],
    );
  });
});

describe('parts', () => {
  it('aligns equal tokens in order, each at most once', () => {
    assert.deepEqual(align('abcd'.split(''), 'xbcyd'.split('')), [
      [1, 1],
      [2, 2],
      [3, 4],
    ]);
    assert.deepEqual(align([], 'ab'.split('')), []);
    // Longer than any table: what is unique on both sides divides it.
    const long = Array.from({ length: 5000 }, (_, at) => (at % 5 === 0 ? `u${at}` : 'same'));
    const without = long.filter((_, at) => at !== 2500 && at !== 777);
    const pairs = align(['first', ...long, 'end'], ['other', ...without, 'stop']);
    assert.equal(pairs.length, 4998);
    assert.ok(
      pairs.every(([at, other], index) => index === 0 || (at > pairs[index - 1]![0] && other > pairs[index - 1]![1])),
    );
  });

  it('knows the quantiles of Student’s t as tables print them', () => {
    const table: [number, number, number][] = [
      [0.025, 1, 12.706],
      [0.025, 4, 2.776],
      [0.005, 10, 3.169],
      [0.0005, 5, 6.869],
      [0.025, 30, 2.042],
    ];
    for (const [tail, degrees, expected] of table)
      assert.ok(Math.abs(studentQuantile(tail, degrees) - expected) < 2e-3 * expected);
  });

  it('writes a change with its sign', () => {
    assert.deepEqual([1.16, 0.925, 1, 1.0004, 12, null].map(changeText), [
      '+16 %',
      '−7.5 %',
      '±0 %',
      '±0 %',
      '12.0 ×',
      '–',
    ]);
  });
});
