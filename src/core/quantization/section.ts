/** What was tried, as the report's section: verdicts, plans, the one that is recommended, and why. */

import type {
  PruningSection,
  QuantizationLayer,
  QuantizationPlan,
  QuantizationSection,
} from '../../protocol/quantization.js';
import type { Candidates } from './candidates.js';
import type { CpuForInt8 } from './cpu.js';
import type { LayerTrials } from './layerTrials.js';
import type { PlanTrials } from './planTrials.js';
import type { Preprocessed } from './preprocess.js';
import type { ExperimentRequest } from './request.js';
import { opsetOf } from './rewrite/rewrite.js';
import type { SplitSamples } from './samples.js';
import { isLayerMethod, type LayerMethod } from './types.js';
import { decisivePlan, explain, fastest, layerVerdict, recommend, refusedVerdict } from './verdicts.js';

export interface Findings {
  request: ExperimentRequest;
  cpu: CpuForInt8;
  preprocessed: Preprocessed;
  candidates: Candidates;
  splits: SplitSamples;
  /** null: there was nothing to try. */
  trials: LayerTrials | null;
  plans: PlanTrials | null;
  /** The static method that fits this CPU. */
  staticMethod: LayerMethod;
  pruning: PruningSection | null;
}

/** `best`: recommended, else the fastest that was measured. */
export function sectionOf(findings: Findings): { section: QuantizationSection; best: QuantizationPlan | null } {
  const { request, cpu, preprocessed, splits, trials } = findings;
  const { targetSqnrDb: targetDb } = request.settings;
  const { synthetic, label } = request.inputs;
  const plans = (findings.plans?.tried ?? []).map(({ plan }) => plan);
  const recommended = recommend(plans, targetDb, synthetic);
  const best = recommended ?? fastest(plans);
  const layers = verdicts(findings, decisivePlan(plans, recommended, synthetic));
  const inFile = (name: string): string => preprocessed.safe.tensorNames.get(name) ?? name;
  const silent = [...new Set([...(trials?.silent ?? []), ...(findings.plans?.silent ?? [])])].map(inFile);
  const parts = { plans, recommended, layers, targetDb, synthetic, cpu, fileBytes: request.fileBytes, silent };
  const section: QuantizationSection = {
    scenarioId: request.scenarioId,
    calibration: {
      method: request.settings.calibration,
      samples: splits.calibration.count,
      judgementSamples: splits.judgement.count,
      source: label,
      synthetic,
    },
    float: { fileBytes: request.fileBytes, peakResidentBytes: null },
    labels: labelsOf(findings, plans, inFile),
    layers,
    plans,
    recommended: recommended?.id ?? null,
    pruning: findings.pruning,
    explanation: explain({ ...parts, opset: opsetOf(preprocessed.model) }),
  };
  // Nothing was tried: there is no verdict to give.
  if (request.settings.only === 'pruning') return { section: { ...section, layers: [], explanation: [] }, best: null };
  return { section, best };
}

function labelsOf(
  { request, plans }: Findings,
  tried: readonly QuantizationPlan[],
  inFile: (name: string) => string,
): QuantizationSection['labels'] {
  const { labels } = request;
  if (!labels) return null;
  const used = tried.find(({ measured }) => measured?.accuracy)?.measured?.accuracy?.samples ?? 0;
  return { source: labels.source, used, output: inFile(plans?.classOutput ?? '') };
}

function verdicts(
  { request, cpu, candidates, trials, staticMethod, preprocessed }: Findings,
  chosen: QuantizationPlan | null,
): QuantizationLayer[] {
  const assigned = new Map(chosen?.assignments.map(({ operatorId, method }) => [operatorId, method]));
  const { targetSqnrDb: targetDb } = request.settings;
  const context = { cpu, targetDb, synthetic: request.inputs.synthetic, opset: opsetOf(preprocessed.model) };
  const found = candidates.layers.map(({ operatorId, name }) => {
    const of = <T>(find: (each: LayerMethod) => T | undefined): Map<LayerMethod, T> => {
      const entries = [...(trials?.figures.keys() ?? [])].map((each) => [each, find(each)] as const);
      return new Map(entries.flatMap(([each, value]) => (value === undefined ? [] : [[each, value] as const])));
    };
    const method = assigned.get(operatorId);
    const evidence = {
      operatorId,
      figures: of((each) => trials?.figures.get(each)?.find(({ layer }) => layer.name === name)),
      sensitivities: of((each) => trials?.sensitivities.get(each)?.get(name)),
      chosen: method !== undefined,
    };
    return layerVerdict(evidence, { ...context, method: isLayerMethod(method) ? method : staticMethod });
  });
  return [...found, ...candidates.refused.map(refusedVerdict)];
}
