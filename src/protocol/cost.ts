/** What the Report holds of the cost of serving. Money in US dollars, a month is 730 hours, rates are a second. */

import type { Message } from './text.js';

/** Lowest and highest; equal where nothing is in doubt. */
export type Range = [low: number, high: number];

export type Purchase = 'onDemand' | 'spot';

/** What the answers rest on. null: not set, and nothing is made up in its place. */
export interface CostAssumptions {
  /** Requests a second at the busiest hour. */
  rate: number | null;
  /** Requests a second of each hour: 24 of a day or 168 of a week; null for a constant rate. */
  hourly: number[] | null;
  targetMs: number | null;
  /** Above 0 and below 100. */
  percentile: number;
  /** `PROVIDER REGION` or a region alone; null for each provider's usual one. */
  region: string | null;
  /** Globs of instance names, separated by commas; null for a choice among what the price list has. */
  instances: string | null;
  headroomPercent: number;
  /** Machines that may fail while the target still holds. */
  spareReplicas: number;
  purchase: Purchase;
  /** Most requests that a server puts together in one call; 1, or absent in older reports: it does not. */
  maxBatch?: number;
  /** How long the first of them waits for more, at most; 0 sends what is there as soon as a session is free. */
  queueDelayMs?: number;
  /** The instance that the measuring machine is, as the user says. */
  thisMachine: string | null;
}

export interface CostRanges {
  replicas: Range;
  /** null: no price known. */
  usdPerMonth: Range | null;
  usdPerMillion: Range | null;
  percentileNs: Range;
}

/** One kind of machine. */
export interface CostOption {
  provider: string;
  /** '' for the machine that was measured where nobody said what it is. */
  instance: string;
  region: string;
  purchase: string;
  /** null: no price known. */
  usdPerHour: number | null;
  /** Where a spot price was asked for and none is known. */
  onDemandUsdPerHour?: number;
  priceAsOf: string | null;
  priceSource?: string | null;
  /** The price is too old to be taken without a word. */
  priceOld?: boolean;
  vcpus?: number | null;
  memoryBytes?: number | null;
  accelerator?: string | null;
  /** null where a range stands in `ranges`, and where the target cannot be held. */
  replicas: number | null;
  usdPerMonth: number | null;
  /** Requests (calls where there is no pipeline); of a batch, items. */
  usdPerMillion: number | null;
  usdPerMillionTokens: { prefill: number; decode: number } | null;
  percentileNs: number | null;
  /** Requests a second that one machine carries, before the headroom; null: not known. */
  throughput: { low: number; mid: number | null; high: number } | null;
  ranges?: CostRanges | null;
  /** Machines started and stopped by the hour with an hourly rate; null without one. */
  autoscaledUsdPerMonth?: Range | null;
  /** Of the month's bill, what pays for machines that wait. */
  idleShare?: Range | null;
  /** The rate that the machines counted carry with the headroom kept. */
  holdsUpToRate?: Range | null;
  /** The rate that is left when one machine fails, the headroom used up. */
  holdsWithoutOne?: Range | null;
  basis: 'measured' | 'projected' | 'none';
  /** By closed formula, or by simulation of the queue. */
  estimate?: 'formula' | 'simulation';
  /** When it was measured there; null for a projection. */
  measuredAt?: string | null;
  /** Sessions and threads of each machine. */
  replica?: { sessions: number; threads: number; batch: number } | null;
  unmetReason: Message | null;
  /** What widens the range, what is left out, what else to know of this row. */
  notes?: Message[];
}

/** A device that serves at the edge, against the cloud. */
export interface EdgeDevice {
  name: string;
  priceUsd: number;
  /** Watts while it serves; two where only a range is known. */
  watts: number | Range;
  lifetimeMonths: number;
  /** Measured on the device; null or absent: not measured, so no share of the traffic can be told. */
  requestsPerSecond?: number | null;
  /** How many are bought, the cloud serving what they do not; absent: as many as carry all of the traffic.
   * @minimum 1
   * @maximum 1000000
   */
  count?: number;
  usdPerKwh?: number;
  /** Labour and space; absent: not included. */
  otherUsdPerMonth?: number;
  source?: string;
}

export interface EdgeOption {
  name: string;
  priceUsd: number;
  watts: Range;
  lifetimeMonths: number;
  source: string;
  /** null: not measured. */
  devices: number | null;
  /** Price over lifetime, and electricity. */
  usdPerMonth: Range | null;
  energyUsdPerMonth: Range | null;
  /** Of the traffic that the devices carry, the headroom kept; the cloud serves the rest. null: not measured. */
  trafficShare: number | null;
  /** What the cloud takes for the rest; null or absent where there is none, or where that is not known. */
  restUsdPerMonth?: Range | null;
  /** Against the cheapest machine that is sure; null where it never pays or is not known. */
  breakEvenMonths: Range | null;
  otherUsdPerMonth: number | null;
  reason: Message | null;
}

export interface CostEnergy {
  /** rapl: read from the processor. load: busy share times a range of watts. */
  basis: 'rapl' | 'load';
  wattsPerMachine: Range;
  /** null without requests. */
  wattHoursPerThousand: Range | null;
  kwhPerMonth: Range | null;
  /** Data centre's power over the machines'. */
  powerUsageEffectiveness: number;
  gramsPerKwh: number | null;
  gramsPerThousand: Range | null;
  kilogramsPerMonth: Range | null;
  region: string | null;
  sources: string[];
  notes: Message[];
}

/** What training the model took, spread over what it serves. */
export interface TrainingShare {
  samples: number;
  epochs: number;
  accelerator: string;
  acceleratorHours: Range;
  usd: Range | null;
  usdPerHour: number | null;
  /** Over the planned volume; null without a rate or a number of months. */
  usdPerMillion: Range | null;
  months: number | null;
  notes: Message[];
}

/** Savings in machines: what does not save a machine saves nothing yet. */
export interface CostSaving {
  module: string;
  /** Of the time of what is counted: a call, or a whole request. */
  share?: number;
  /** What is saved: a module, the kernels of an operator type, or layout conversions and copies. */
  kind?: 'module' | 'opType' | 'layout';
  /** Machines now. */
  replicas?: number;
  savesReplicas: number;
  /** null: no price known. */
  usdPerMonth: number | null;
  /** The lowest rate above the present one from which it saves a machine; null where none was found. */
  nextSavingAtRate: number | null;
}

export interface PlanSaving {
  planId: string;
  method: string;
  /** How many layers it quantizes; absent in older reports. */
  layers?: number;
  /** Of the model's calls. */
  speedup: number;
  /** Absent in older reports. */
  speedupInterval?: Range;
  replicas: number;
  savesReplicas: number;
  usdPerMonth: number | null;
  nextSavingAtRate: number | null;
}

/** What putting requests together would change for the machine of the answer. */
export interface BatchingEffect {
  instance: string;
  /** As the assumptions of the same names. */
  maxBatch: number;
  queueDelayMs: number;
  /** Requests a second that one machine carries then and now, before the headroom. */
  carries: number;
  carriesNow: number;
  /** Machines then and now, and what the percentile is then; null without a rate. */
  replicas: number | null;
  replicasNow: number | null;
  percentileNs: number | null;
  /** Dollars of a month less; null where no price is known. */
  usdPerMonth: number | null;
  estimate: 'formula' | 'simulation';
}

/** Cost over rate, and latency over rate of the machines counted; both by formula. */
export interface CostCurve {
  instance: string;
  basis: 'measured' | 'projected';
  /** Machines whose latency is drawn; absent in older reports. */
  replicas?: Range;
  /** So many machines hold up to so much; of many, some. Ascending. */
  steps: { replicas: number; usdPerMonth: number; upToRate: Range }[];
  /** Of the machines counted, at each of the section's rates; null beyond what they carry, or where it is not drawn. */
  percentileNs: (Range | null)[] | null;
}

/** One model of a pipeline's request, as it was measured last. */
export interface CostStep {
  /** As the workspace's file names it. */
  model: string;
  callsPerRequest: number;
  /** ISO 8601. */
  measuredAt: string;
  /** The file is another one than was measured. */
  stale: boolean;
  /** The model that the report is of. */
  own?: boolean;
}

export interface CostSection {
  assumptions: CostAssumptions;
  options: CostOption[];
  edge: EdgeOption[];
  energy: CostEnergy | null;
  perModule: CostSaving[];
  perPlan?: PlanSaving[];
  /** null where requests are put together already, where that does not pay, and where it was not measured. */
  batching?: BatchingEffect | null;
  /** What stands beside it: what cannot be told apart, what is left out. */
  caveats?: Message[];
  /** Instances that may cost less than the cheapest, or than each other: their ranges overlap. */
  indistinct?: string[];
  /** The cheapest that is sure to hold; null where none is. */
  cheapest?: string | null;
  /** What one request is. */
  unit?: 'call' | 'request' | 'item';
  /** What a request of a pipeline calls; absent where calls of one model are counted. */
  steps?: CostStep[];
  curves?: { rates: number[]; machines: CostCurve[]; kneeRate: number | null } | null;
  training?: TrainingShare | null;
  /** ISO day of the oldest price that the answer uses. */
  pricesAsOf?: string | null;
}
