/** Runs a model once as it is written, traced, and sets what the rules infer against the shapes that were traced. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FileConstants } from '../../src/core/model/constants.js';
import { dataTypeName } from '../../src/core/model/dataTypes.js';
import { bindingsOf, resolveDimensions } from '../../src/core/model/dimensions.js';
import type { ModelGraph } from '../../src/core/model/graph.js';
import { inlineFunctions } from '../../src/core/model/inline.js';
import { readModel } from '../../src/core/model/read.js';
import { withSafeNames } from '../../src/core/model/safeNames.js';
import { writeModel } from '../../src/core/model/write.js';
import { analyzeModel } from '../../src/core/operators/analyze.js';
import type { NodeAnalysis, TensorInfo } from '../../src/core/operators/types.js';
import { prepareInputs } from '../../src/core/runtime/inputs/inputs.js';
import { readTrace } from '../../src/core/trace/read.js';
import type { TraceEvent, TracedShape } from '../../src/core/trace/types.js';
import type { BoundDimension } from '../../src/protocol/report.js';
import { createRuntime } from '../../src/worker/onnxRuntime.js';

export interface ShapePass {
  /** Kernels that were compared. */
  compared: number;
  /** `id opType: inferred against traced`; none when all agree. */
  differences: string[];
  /** Op types of operators that ran and whose shapes depend on data. */
  dataDependent: Set<string>;
  /** Op types of operators that ran, whose shapes were not inferred although no data decides them. */
  unknown: Set<string>;
  /** Ids of operators that ran although the analysis said that they do not. */
  notExpected: string[];
}

const text = (shapes: readonly { dataType: string; dims: readonly number[] }[]): string =>
  shapes.map(({ dataType, dims }) => `${dataType}[${dims.join(',')}]`).join(' ');

const ofInfos = (infos: readonly (TensorInfo | null)[]): { dataType: string; dims: readonly number[] }[] =>
  infos.flatMap((info) => (info ? [{ dataType: dataTypeName(info.dataType), dims: info.shape ?? [-1] }] : []));

/** Casts around operators that this machine computes in float32: the runtime's own, and types differ there. */
const INSERTED_CAST = /^InsertedPrecisionFreeCast_/;
const withoutPrecision = (shapes: string): string => shapes.replaceAll('float16', 'float32');
/** The trace's words for two types. */
const NAMES: Readonly<Record<string, string>> = { float: 'float32', double: 'float64' };
const ofTrace = (shapes: readonly TracedShape[]): TracedShape[] =>
  shapes.map(({ dataType, dims }) => ({ dataType: NAMES[dataType] ?? dataType, dims }));

function compare(event: TraceEvent, node: NodeAnalysis, pass: ShapePass): void {
  pass.compared++;
  if (node.trips === 0) pass.notExpected.push(node.id);
  if (node.outputs.some((info) => info !== null && info.shape === null)) {
    (node.dataDependent ? pass.dataDependent : pass.unknown).add(node.node.opType);
    return;
  }
  const inferred = withoutPrecision(text(ofInfos(node.outputs)));
  const found = withoutPrecision(text(ofTrace(event.outputShapes)));
  if (inferred !== found) pass.differences.push(`${node.id} ${node.node.opType}: ${inferred} against ${found}`);
}

/** `sizes` by symbol or `INPUT:AXIS`; the rest, and all inputs, as a profile would choose them. */
export async function shapePass(file: string, sizes: Readonly<Record<string, number>> = {}): Promise<ShapePass> {
  return shapePassOf(inlineFunctions(readModel(file)), sizes);
}

/** Of a model that was read, or made in memory. */
export async function shapePassOf(model: ModelGraph, sizes: Readonly<Record<string, number>> = {}): Promise<ShapePass> {
  const requests = Object.entries(sizes).map(([name, value]) => ({ name, values: [value], source: 'flag' as const }));
  const dimensions: BoundDimension[] = resolveDimensions(model, requests).scenarios[0] ?? [];
  const analysis = analyzeModel(model, { bindings: bindingsOf(dimensions), constants: new FileConstants(model) });
  const byId = new Map(analysis.nodes.map((node) => [node.id, node]));
  const safe = withSafeNames(model);
  const { feeds } = await prepareInputs(model, dimensions, [], 1);
  const folder = mkdtempSync(path.join(tmpdir(), 'shape-pass-'));
  try {
    const session = await createRuntime(folder).open(
      {
        kind: 'bytes',
        bytes: writeModel(safe.model, { weights: model.path === '' ? 'inline' : 'reference' }),
        weightsFolder: model.path === '' ? folder : path.dirname(model.path),
      },
      {
        provider: 'cpu',
        threads: 1,
        optimization: 'disabled',
        trace: true,
        disablePrepacking: true,
        stopSpinning: true,
        saveOptimizedGraph: false,
      },
    );
    const named = Object.fromEntries(
      Object.entries(feeds).map(([name, value]) => [safe.inputNames.get(name) ?? name, value]),
    );
    await session.evaluate(named);
    const trace = await readTrace(await session.endTrace());
    await session.close();
    const pass: ShapePass = {
      compared: 0,
      differences: [],
      dataDependent: new Set(),
      unknown: new Set(),
      notExpected: [],
    };
    for (const event of trace.runs.flatMap(({ events }) => events)) {
      if (INSERTED_CAST.test(event.name)) continue;
      const id = safe.operatorIdByNodeName.get(event.name);
      const node = id === undefined ? undefined : byId.get(id);
      if (!node) pass.differences.push(`${event.name} is not an operator of the file`);
      else if (node.node.opType !== 'Constant') compare(event, node, pass);
    }
    return pass;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
