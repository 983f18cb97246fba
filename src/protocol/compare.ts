/**
 * What two Reports say of each other. Plain data, no code. `base` is what it was, `new` what it is now; a ratio is new
 * over base, its interval holds for all groups of a comparison together (99 %), the machine's own change between the
 * two runs included.
 */

import type { Message } from './text.js';

/** inconclusive: the noise is too large to tell, or what was measured cannot be compared. */
export type ComparisonVerdict = 'better' | 'same' | 'worse' | 'inconclusive';

/**
 * same: no difference shown. new, gone: one side alone runs it. unknown: too small to trust, or without rounds to judge
 * by.
 */
export type GroupVerdict = 'faster' | 'slower' | 'same' | 'new' | 'gone' | 'unknown';

export interface ComparedFigure {
  base: number | null;
  new: number | null;
  /** null where one of both is not known, or zero. */
  ratio: number | null;
  /** null for figures that are counted, not measured. */
  interval: [number, number] | null;
  verdict: ComparisonVerdict;
}

export type FigureName =
  | 'latencyNs'
  | 'p95Ns'
  | 'peakResidentBytes'
  | 'peakActivationBytes'
  | 'macs'
  | 'fileBytes'
  | 'weightBytes'
  | 'parameterCount'
  | 'usdPerMillion';

/** Kernels that do the same work on both sides: often one and one; several where they are fused differently. */
export interface ComparedGroup {
  id: string;
  baseOperatorIds: string[];
  newOperatorIds: string[];
  baseKernelIds: string[];
  newKernelIds: string[];
  /** Of the operator with the most work, as the newer file names it. */
  name: string;
  module: string;
  /** Op types of the kernels, `Conv + Relu` where one runs several operators; '' where there is none. */
  baseLabel: string;
  newLabel: string;
  /** Self time in one run; null where no kernel runs it. */
  baseNs: number | null;
  newNs: number | null;
  ratio: number | null;
  interval: [number, number] | null;
  verdict: GroupVerdict;
  baseMacs: number | null;
  newMacs: number | null;
  /** What can be seen that explains it, the most telling first. */
  causes: Message[];
}

/** One scenario of each report. */
export interface ScenarioComparison {
  baseScenarioId: string;
  newScenarioId: string;
  label: string;
  verdict: ComparisonVerdict;
  /** Different machines, dimensions, providers …: what must be known before any number. */
  notes: ComparisonNote[];
  totals: Record<FigureName, ComparedFigure>;
  groups: ComparedGroup[];
  /** Time outside every kernel. */
  outsideNs: { base: number | null; new: number | null };
  /** What part of the operators that ran found its counterpart, 0 to 1. */
  matched: { base: number; new: number };
}

/** `different`: times are of different conditions, and no gate is drawn from them. `note`: worth knowing. */
export interface ComparisonNote extends Message {
  kind: 'different' | 'note';
}

export interface ComparedReport {
  reportId: string;
  path: string;
  createdAt: string;
  contentSha256: string | null;
  commit: string | null;
  /** The file, or another one beside it, was not what that commit has. */
  dirty?: boolean;
}

export interface GateFinding extends Message {
  /** A figure's name, `contract`, or `budget` for a limit of the workspace's file. */
  about: FigureName | 'contract' | 'budget';
}

export interface GateResult {
  /** 0.05 for five percent. */
  failOn: number | null;
  outcome: 'passed' | 'failed' | 'inconclusive';
  failures: GateFinding[];
  /** What could not be judged, and why. */
  open: GateFinding[];
}

export interface Comparison extends ScenarioComparison {
  base: ComparedReport;
  new: ComparedReport;
  /** Inputs and outputs that are not the same any more. */
  contract: Message[];
  /** Further scenarios that both reports have. */
  others: ScenarioComparison[];
  gate: GateResult | null;
}
