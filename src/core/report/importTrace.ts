/** A profile that ONNX Runtime wrote elsewhere, as a report: with its model where that is known, alone otherwise. */

import { randomUUID } from 'node:crypto';
import path from 'node:path';

import type { TextCode } from '../../format/text/catalogue.js';
import type { Environment, Report, Scenario } from '../../protocol/report.js';
import type { Message, TextParameters } from '../../protocol/text.js';
import type { ImportTraceRequest } from '../../protocol/worker.js';
import { importedKernels, importedLatency, type ImportedRuns } from '../analysis/importedRun.js';
import { KernelOwners } from '../analysis/kernelOwners.js';
import type { KernelInput } from '../analysis/kernels.js';
import { describeOperators } from '../analysis/scenarioOperators.js';
import { INSERTED, matchByName } from '../attribution/byName.js';
import type { Fate, OptimizedNode } from '../attribution/types.js';
import { ExpectedError } from '../common/errors.js';
import { streamRuns } from '../trace/read.js';
import { SeriesCollector } from '../trace/series.js';
import { buildReport, type StaticModel } from './build.js';
import { quoted } from './command.js';
import { readTraceModel } from './traceModel.js';
import { staticScenario } from './scenarios.js';
import { tool } from './tool.js';

const UNKNOWN_MACHINE: Environment = {
  cpuModel: '',
  logicalCores: null,
  physicalCores: null,
  simd: [],
  memoryBytes: null,
  os: '',
  runtime: 'onnxruntime',
  runtimeVersion: '',
};

interface Recorded {
  series: SeriesCollector;
  runs: ImportedRuns;
  warnings: Message[];
}

/** @throws ExpectedError (input): no trace, nothing of use in it, or the model that was named cannot be read. */
export async function importTrace(request: ImportTraceRequest): Promise<Report> {
  const recorded = await readRecorded(request.tracePath);
  const { statics, warning } = readTraceModel(request, recorded.series.kernels);
  if (warning) recorded.warnings.push(warning);
  const report = statics
    ? buildReport(statics, {
        status: 'imported',
        modelPath: statics.file.path,
        host: { machineId: '', environment: { ...UNKNOWN_MACHINE, logicalCores: 0, memoryBytes: 0 } },
        contentSha256: null,
        scenarios: [],
        warnings: [],
      })
    : reportWithoutModel(request.tracePath);
  const scenario = scenarioOf(request, statics, recorded);
  return { ...report, environment: UNKNOWN_MACHINE, scenarios: [scenario] };
}

async function readRecorded(tracePath: string): Promise<Recorded> {
  const series = new SeriesCollector();
  const { skippedEvents, sessionCreateUs, unclosed } = await streamRuns(tracePath, (run) => {
    if (run.events.length > 0) series.add(run);
  });
  const warnings = [note('trace.warning.asRecorded')];
  // A run that the file does not close is all that a cut off file may hold.
  const cutOff = series.runs.length === 0 && unclosed !== null;
  if (cutOff) series.add(unclosed);
  const runs = importedLatency(series.runs, sessionCreateUs);
  if (!runs) throw new ExpectedError('input', 'trace.error.nothing', { file: path.basename(tracePath) });
  const lost = skippedEvents + series.beyond - (cutOff ? unclosed.events.length : 0);
  if (cutOff) warnings.push(note('trace.warning.cutOff'));
  else if (runs.warmUp === 0) warnings.push(note('trace.warning.oneRun'));
  if (lost > 0)
    warnings.push(note(lost === 1 ? 'trace.warning.skipped.one' : 'trace.warning.skipped', { count: lost }));
  if (series.kernels.some(({ shapesVary }) => shapesVary)) warnings.push(note('trace.warning.shapesVary'));
  if (series.kernels.every(({ outputShapes }) => outputShapes.length === 0))
    warnings.push(note('trace.warning.noShapes'));
  return { series, runs, warnings };
}

const note = (code: TextCode, params: TextParameters = {}): Message => ({ code, params: { ...params } });

function scenarioOf(request: ImportTraceRequest, statics: StaticModel | null, recorded: Recorded): Scenario {
  const { series, runs, warnings } = recorded;
  const [first] = statics?.scenarios ?? [];
  const base = statics && first ? withoutChoices(statics, first) : emptyScenario();
  const matched = statics && first ? ownersOf(statics, first, series) : null;
  const input = kernelInput(statics, first ?? null);
  const nodes = matched?.nodes ?? series.kernels.map((one) => nodeOf(one, []));
  const { kernels, overhead } = importedKernels(
    series,
    runs,
    new KernelOwners(input, matched?.fates ?? new Map()),
    nodes,
  );
  const byNode = new Map(nodes.map((node, index) => [node, kernels[index]!]));
  return {
    ...base,
    run: {
      provider: mainProvider(kernels),
      threads: 0,
      optimization: null,
      warmUpRuns: runs.warmUp,
      measuredRuns: runs.counted,
      tracedRuns: runs.counted,
      budgetSeconds: null,
      seed: null,
      command: commandOf(request, statics),
    },
    latency: runs.latency,
    overhead,
    kernels,
    operators: matched
      ? describeOperators({ ...input, attribution: { nodes, fates: matched.fates } }, matched.fates, byNode)
      : [],
    warnings: [...warnings, ...(matched?.warnings ?? []), ...base.warnings],
  };
}

function kernelInput(statics: StaticModel | null, scenario: StaticModel['scenarios'][number] | null): KernelInput {
  const nodes = scenario?.analysis.nodes ?? [];
  const weights = statics?.parameters.byOperator ?? new Map<string, { weightBytes: number }>();
  return {
    rounds: [],
    attribution: null,
    medianNs: 0,
    medianErrorNs: 0,
    emptyCallNs: 0,
    threads: 0,
    operators: nodes.map(({ id, node }) => ({ id, name: node.name })),
    modules: statics?.modules ?? new Map(),
    costs: new Map(nodes.map(({ id, cost }) => [id, cost])),
    weightBytes: new Map([...weights].map(([id, { weightBytes }]) => [id, weightBytes])),
  };
}

function ownersOf(
  statics: StaticModel,
  { analysis }: StaticModel['scenarios'][number],
  { kernels }: SeriesCollector,
): { nodes: OptimizedNode[]; fates: Map<string, Fate>; warnings: Message[] } {
  const constants = new Set(analysis.nodes.filter(({ constant }) => constant).map(({ id }) => id));
  const positions = new Map(kernels.map((one, index) => [one, index]));
  const match = matchByName(
    statics.model,
    kernels.map((one) => ({ ...one, parent: one.parent ? (positions.get(one.parent) ?? null) : null })),
    constants,
  );
  const nodes = kernels.map((one, index) => nodeOf(one, match.operatorIds[index] ?? []));
  const fates = new Map<string, Fate>();
  for (const { id, node, graphPath } of analysis.nodes)
    if (node.opType !== 'Constant') fates.set(id, { fate: graphPath === '' ? 'folded' : 'notTaken', node: null });
  for (const node of nodes) for (const id of node.operatorIds) fates.set(id, { fate: 'run', node });
  const own = kernels.filter(({ opType }) => !INSERTED.test(opType)).length;
  return { nodes, fates, warnings: [note('trace.warning.byName', { named: match.named, kernels: own })] };
}

function nodeOf({ name, opType }: { name: string; opType: string }, operatorIds: string[]): OptimizedNode {
  const kind = opType.startsWith('Memcpy') ? 'copy' : INSERTED.test(opType) ? 'layout' : 'compute';
  return { name, opType, domain: '', graphPath: '', parent: null, kind, operatorIds, serves: null };
}

/** Shapes from the trace, costs from the file; how it was run, nobody says. */
function withoutChoices(statics: StaticModel, first: StaticModel['scenarios'][number]): Scenario {
  const scenario = staticScenario(statics.model, first, statics.parameters.weightBytes, statics.file.path, {
    ...{ dimensions: [], inputs: [], seed: 0, provider: 'cpu', threads: 0, optimization: 'all' },
    ...{ budgetSeconds: 0, memoryLimitBytes: null, command: '' },
  });
  return { ...scenario, inputs: scenario.inputs.map((input) => ({ ...input, source: 'recorded' })) };
}

function emptyScenario(): Scenario {
  const totals = { macs: null, elementwiseOps: null, weightBytes: null, peakActivationBytes: null };
  return {
    id: 's0',
    label: '',
    phase: 'whole',
    dimensions: [],
    inputs: [],
    run: {
      ...{ provider: '', threads: 0, optimization: null, warmUpRuns: 0, measuredRuns: 0, tracedRuns: 0 },
      ...{ budgetSeconds: null, seed: null, command: '' },
    },
    totals: { ...totals, operatorsWithoutRule: [] },
    latency: null,
    memory: null,
    overhead: null,
    kernels: [],
    operators: [],
    warnings: [],
  };
}

/** Where most of the time was spent. */
function mainProvider(kernels: readonly { provider: string; selfTimeNs: number }[]): string {
  const times = new Map<string, number>();
  for (const { provider, selfTimeNs } of kernels) times.set(provider, (times.get(provider) ?? 0) + selfTimeNs);
  return [...times].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '';
}

function commandOf({ tracePath }: ImportTraceRequest, statics: StaticModel | null): string {
  const words = ['inference-profiler', 'export', quoted(tracePath) ?? 'TRACE'];
  if (statics) words.push('--model', quoted(statics.file.path) ?? 'MODEL');
  return [...words, '--json', '-'].join(' ');
}

/** The trace's own file stands in the model's place; nothing is known of the model but what ran. */
function reportWithoutModel(tracePath: string): Report {
  return {
    schemaVersion: 1,
    reportId: randomUUID(),
    createdAt: new Date().toISOString(),
    tool: { ...tool },
    status: 'imported',
    machineId: '',
    git: null,
    model: {
      path: tracePath,
      format: 'onnx',
      fileBytes: null,
      contentSha256: null,
      irVersion: null,
      opsets: [],
      producer: { name: '', version: '' },
      inputs: [],
      outputs: [],
      nodeCount: null,
      parameterCount: null,
      weightBytes: null,
      externalData: [],
      metadata: {},
      licence: null,
      checks: [],
    },
    tensors: [],
    operators: [],
    environment: UNKNOWN_MACHINE,
    scenarios: [],
    roofline: null,
    quantization: [],
    capacity: [],
    cost: null,
    warnings: [],
  };
}
