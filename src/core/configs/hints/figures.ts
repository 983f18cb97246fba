/** What one config comes to: machines, money, what they carry, how long requests take. Unknown is null, never zero. */

import type { Report, Scenario } from '../../../protocol/report.js';
import { findPrice, type MachinePrice, type PriceAnswer } from '../../cost/prices/table.js';
import { projectServices, serviceAlone, sessionBytes } from '../../cost/answers/services.js';
import { carries } from '../../cost/answers/serving.js';
import { latencyAtRate, outOfReach, replicasFor } from '../../cost/queueing.js';
import { replicaCapacity, serviceModels } from '../../cost/service.js';
import type { LatencyAtRate, QueueingPolicy, ServiceModel } from '../../cost/types.js';
import type { Message } from '../../../protocol/text.js';
import type { ServingConfig } from '../servingConfig.js';
import { allocatableCpus } from './allocatable.js';
import { loadTested, type TestedLatency } from './loadTested.js';
import { DEFAULT_HEADROOM_PERCENT, DEFAULT_PERCENTILE, type HintContext, type ProfiledModel } from './context.js';

const HOURS_PER_MONTH = 730;
/** More pods on one machine than this is a slip of the pen. */
const MOST_PODS = 1000;
const MOST_REMEMBERED = 1000;

/** How many pods of this kind fit on one machine. */
export type Packing = { pods: number } | { unfit: 'cpu' | 'memory' } | null;

export interface Carried {
  low: number;
  high: number;
  basis: 'here' | 'there' | 'projected';
}

export class Figures {
  readonly scenario: Scenario | null;
  /** The machine's name and whether the file says it. */
  readonly instance: string | null;
  readonly instanceAssumed: boolean;
  readonly price: PriceAnswer | null;
  readonly packing: Packing;
  readonly rate: number | null;
  readonly percentile: number;
  readonly targetNs: number | null;
  readonly headroom: number;

  constructor(
    readonly config: ServingConfig,
    readonly model: ProfiledModel,
    readonly context: HintContext,
  ) {
    const { serving } = context;
    this.scenario = model.report.scenarios.find(({ latency }) => latency !== null) ?? null;
    this.instance = config.instance?.value ?? this.#ownMachine();
    this.instanceAssumed = config.instance === null;
    this.price = this.instance === null ? null : this.#findPrice(this.instance);
    this.packing = packingOf(config, this.machine);
    this.rate = serving.rate ?? (serving.hourly && serving.hourly.length > 0 ? Math.max(...serving.hourly) : null);
    this.percentile = (serving.percentile ?? DEFAULT_PERCENTILE) / 100;
    this.targetNs = serving.targetMs === undefined ? null : serving.targetMs * 1e6;
    this.headroom = (serving.headroomPercent ?? DEFAULT_HEADROOM_PERCENT) / 100;
  }

  /** Where the file names none: this machine, but for what cannot run on it. */
  #ownMachine(): string | null {
    const { accelerators, sessionsOnGpu, service } = this.config;
    const elsewhere = accelerators !== null || sessionsOnGpu === true || service !== 'vm';
    return elsewhere ? null : (this.context.serving.thisMachine ?? null);
  }

  #findPrice(instance: string): PriceAnswer {
    const { context, config } = this;
    const [, provider, region] = /^(?:(\S+)\s+)?(\S+)$/.exec(config.region ?? context.serving.region ?? '') ?? [];
    const service = this.instanceAssumed ? 'vm' : config.service;
    return findPrice(instance, {
      table: context.prices,
      // The managed services' names need no prefix to be theirs; the others say what they are.
      ...(service !== 'vm' && { service }),
      ...(region !== undefined && { region }),
      ...(provider !== undefined && { provider }),
    });
  }

  get machine(): MachinePrice | null {
    return this.price?.price ?? null;
  }

  /** Ends by itself: what it takes an hour is all that can be said. */
  get isJob(): boolean {
    return this.config.kind === 'Job' || this.config.kind === 'CronJob';
  }

  /** On hardware, or by a runtime, that the profile does not speak of. */
  get sessionsElsewhere(): boolean {
    const { accelerators, sessionsOnGpu, otherRuntimes } = this.config;
    return accelerators !== null || sessionsOnGpu === true || otherRuntimes.length > 0;
  }

  get usdPerHour(): number | null {
    const price = this.machine;
    if (!price) return null;
    return this.context.serving.purchase === 'spot' && price.spot ? price.spot.usdPerHour : price.onDemand.usdPerHour;
  }

  /** Machines for a count of what the config counts; null where that is not known. */
  machines(count: number): number | null {
    if (this.config.unit === 'machines') return count;
    if (this.config.unit === 'copies') return 1;
    if (this.packing === null || !('pods' in this.packing)) return null;
    return Math.ceil(count / this.packing.pods - 1e-9);
  }

  usdPerMonth(count: number): number | null {
    const machines = this.machines(count);
    const perHour = this.usdPerHour;
    return machines === null || perHour === null ? null : machines * perHour * HOURS_PER_MONTH;
  }

  /** Sessions that share one machine when `count` is what the config says. */
  sessionsPerMachine(count: number): number {
    const own = this.config.format === 'vllm' ? 1 : (this.config.sessions?.value ?? 1);
    if (this.config.unit === 'copies') return own * Math.max(1, count);
    if (this.config.unit === 'pods' && this.packing && 'pods' in this.packing)
      return own * Math.min(this.packing.pods, Math.max(1, count));
    return own;
  }

  /** Whether the profile speaks for the machine that serves: this one, on its CPU, with as many threads as it ran. */
  get measuredHere(): boolean {
    const { config, scenario, context } = this;
    if (!scenario || scenario.run.provider !== 'cpu') return false;
    if (this.sessionsElsewhere) return false;
    if (config.cpuLimit && config.cpuLimit.value < scenario.run.threads) return false;
    const { thisMachine } = context.serving;
    return config.instance === null || (thisMachine !== undefined && same(config.instance.value, thisMachine));
  }

  /** How one machine serves with so many sessions, as measured; null where it was not. */
  service(sessions: number): ServiceModel | null {
    if (!this.measuredHere || !this.scenario) return null;
    return servicesOf(this.model, this.scenario).find((each) => each.sessions === sessions) ?? null;
  }

  policy(batch = this.config.batch?.value ?? 1): QueueingPolicy {
    return { maxBatch: Math.max(1, batch), queueDelayNs: batch > 1 ? (this.config.queueDelayNs?.value ?? 0) : 0 };
  }

  /** Requests a second of one machine, before the headroom; null: not measured, nor projected. */
  carriedByOne(count: number, batch?: number): Carried | null {
    const service = this.service(this.sessionsPerMachine(count));
    if (service) {
      const each = replicaCapacity(service, this.policy(batch).maxBatch);
      return { low: each, high: each, basis: 'here' };
    }
    return this.#elsewhere();
  }

  /** Measured there, as the report's cost section has it; else projected, as a range. */
  #elsewhere(): Carried | null {
    const { config, model, instance, scenario } = this;
    if (instance === null || this.sessionsElsewhere) return null;
    if (config.cpuLimit && config.cpuLimit.value < (scenario?.run.threads ?? 1)) return null;
    const option = model.report.cost?.options.find((each) => same(each.instance, instance) && each.throughput !== null);
    if (option?.throughput && option.basis === 'measured' && option.throughput.low > 0)
      return { low: option.throughput.low, high: option.throughput.high, basis: 'there' };
    return this.machine && scenario ? projectedOn(this.machine, model, scenario) : null;
  }

  /** Of all machines, before the headroom. */
  carried(count: number): Carried | null {
    const each = this.carriedByOne(count);
    const replicas = this.#replicas(count);
    return each && replicas !== null ? { ...each, low: each.low * replicas, high: each.high * replicas } : null;
  }

  /** Whole machines' worth of sessions; for pods that do not fill the last machine, fewer rather than more. */
  #replicas(count: number): number | null {
    if (this.config.unit === 'copies') return 1;
    if (this.config.unit === 'machines') return count;
    const perMachine = this.packing && 'pods' in this.packing ? this.packing.pods : 1;
    return count < perMachine ? Math.min(1, count) : Math.floor(count / perMachine);
  }

  /** null without a rate, or where nothing was measured that would tell. */
  latency(count: number, batch?: number): LatencyAtRate | null {
    const service = this.service(this.sessionsPerMachine(count));
    const replicas = this.#replicas(count);
    if (!service || this.rate === null || !replicas) return null;
    const query = { service, policy: this.policy(batch), replicas, ratePerSecond: this.rate };
    const { percentile } = this;
    const key = JSON.stringify([query.policy, replicas, this.rate, percentile]);
    const formula = once(latencies, service, key, () => latencyAtRate({ ...query, percentile }));
    const tested = this.tested(count, batch);
    return tested ? { ...formula, percentileNs: tested.percentileNs } : formula;
  }

  /** What a load test of one such replica found at this rate; null: the formula is all there is. */
  tested(count: number, batch?: number): TestedLatency | null {
    const service = this.service(this.sessionsPerMachine(count));
    if (!service || !this.scenario || this.rate === null || this.#replicas(count) !== 1) return null;
    const { maxBatch } = this.policy(batch);
    const asked = { service, batch: maxBatch, ratePerSecond: this.rate, percentile: this.percentile };
    return loadTested(this.model.report, this.scenario, asked);
  }

  /** Whether the rate is carried and the target held; null where it cannot be told. */
  holds(count: number, batch?: number): boolean | null {
    const latency = this.latency(count, batch);
    if (!latency) return null;
    if (latency.percentileNs === null) return false;
    return this.targetNs === null || latency.percentileNs <= this.targetNs;
  }

  /** The fewest that hold with the headroom kept, in what the config counts. */
  cheapest(): number | null {
    const { config } = this;
    if (config.unit === 'copies' || this.rate === null) return null;
    const perMachine = this.packing && 'pods' in this.packing ? this.packing.pods : 1;
    const service = this.service(this.sessionsPerMachine(perMachine));
    if (!service) return null;
    const query = {
      service,
      policy: this.policy(),
      ratePerSecond: this.rate,
      headroom: this.headroom,
      spareReplicas: this.context.serving.spareReplicas ?? 0,
      percentile: this.percentile,
      targetNs: this.targetNs,
    };
    const key = JSON.stringify({ ...query, service: null });
    const answer = once(counts, service, key, () => replicasFor(query));
    return 'replicas' in answer ? answer.replicas * (config.unit === 'pods' ? perMachine : 1) : null;
  }

  /** Why no count would do; null where one might. */
  outOfReach(): Message | null {
    const service = this.service(this.sessionsPerMachine(1));
    return service && outOfReach(service, { percentile: this.percentile, targetNs: this.targetNs }, this.policy());
  }

  /** Batches with measured times, ascending. */
  measuredBatches(): number[] {
    const service = this.service(this.sessionsPerMachine(1));
    return service ? service.byBatch.map(({ batch }) => batch) : [];
  }

  get peakBytes(): number | null {
    return this.scenario?.memory?.peakResidentBytes ?? null;
  }
}

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** From the capacity that was measured; the plain profile is one session with its threads. */
function servicesOf({ report }: ProfiledModel, scenario: Scenario): ServiceModel[] {
  const known = services.get(scenario);
  if (known) return known;
  const measured = serviceModels(report.capacity, scenario.id);
  const alone = measured.some(({ sessions }) => sessions === 1) ? null : serviceAlone(report, scenario);
  const found = alone ? [alone, ...measured] : measured;
  services.set(scenario, found);
  return found;
}

/** Of a stored report, which never changes: every config of a file asks for the same. */
const services = new WeakMap<Scenario, ServiceModel[]>();
const latencies = new WeakMap<ServiceModel, Map<string, LatencyAtRate>>();
const counts = new WeakMap<ServiceModel, Map<string, ReturnType<typeof replicasFor>>>();

function once<T>(cache: WeakMap<ServiceModel, Map<string, T>>, service: ServiceModel, key: string, make: () => T): T {
  const known = cache.get(service) ?? new Map<string, T>();
  cache.set(service, known);
  // Typing numbers makes new keys; nobody needs the old ones.
  if (known.size > MOST_REMEMBERED) known.clear();
  const before = known.get(key);
  if (before !== undefined) return before;
  const made = make();
  known.set(key, made);
  return made;
}

const projections = new WeakMap<Report, Map<string, Carried | null>>();

/** What the whole machine carries by the two rooflines; reckoned once for each report and machine. */
function projectedOn(machine: MachinePrice, { report }: ProfiledModel, scenario: Scenario): Carried | null {
  const known = projections.get(report) ?? new Map<string, Carried | null>();
  projections.set(report, known);
  const key = `${machine.provider} ${machine.instance}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const base = serviceAlone(report, scenario);
  const bytes = sessionBytes(report.capacity, scenario);
  const projected = base && projectServices(machine, { report, scenario, base, sessionBytes: bytes });
  const found: Carried | null =
    projected && 'fast' in projected
      ? { low: carries(projected.slow), high: carries(projected.fast), basis: 'projected' }
      : null;
  known.set(key, found);
  return found;
}

/** null where the machine is not known: then one a machine would be a guess. */
function packingOf(config: ServingConfig, machine: MachinePrice | null): Packing {
  if (config.unit !== 'pods' || !machine) return null;
  const cpu = (config.cpuRequest?.value ?? 0) + config.sidecars.cpu;
  const byCpu = cpu > 0 && machine.vcpus !== null ? podsByCpu(cpu, machine) : null;
  if (byCpu !== null && byCpu < 1) return { unfit: 'cpu' };
  const memory = (config.memoryRequestBytes?.value ?? 0) + config.sidecars.memoryBytes;
  const byMemory = memory > 0 && machine.memoryBytes !== null ? Math.ceil(machine.memoryBytes / memory) - 1 : null;
  if (byMemory !== null && byMemory < 1) return { unfit: 'memory' };
  const limits = [byCpu, byMemory, podsByGpu(config, machine)].filter((limit) => limit !== null);
  // Without a request nothing keeps pods apart: as many machines as pods is what is planned for.
  return { pods: limits.length === 0 ? 1 : Math.max(1, Math.min(...limits, MOST_PODS)) };
}

function podsByGpu({ accelerators }: ServingConfig, { accelerator }: MachinePrice): number | null {
  const each = accelerators?.value ?? 0;
  return each > 0 && accelerator ? Math.floor(Math.max(1, accelerator.count) / each) : null;
}

/** By what is allocatable where a source says it; else the node keeps some of its CPUs, however few. */
function podsByCpu(cpu: number, machine: MachinePrice): number {
  const allocatable = allocatableCpus(machine);
  return allocatable === null ? Math.ceil((machine.vcpus ?? 0) / cpu) - 1 : Math.floor(allocatable / cpu + 1e-9);
}
