/** Rows of a label and a figure: model, memory, conditions, what a run needs. */

import type { Environment, Report, RunConditions, Totals } from '../../protocol/report.js';
import type { RunNeeds } from '../../protocol/webview.js';
import type { TextCode } from '../text/catalogue.js';
import type { Text } from '../text/text.js';
import { bytes, count, decimal, duration, integer, percent } from '../units.js';
import { driftOf, latencyView, quietOf } from './latency.js';
import { plainName, shortenMiddle } from './names.js';
import type { ScenarioIndex } from './scenarioIndex.js';

export interface Fact {
  label: string;
  value: string;
  /** The whole where `value` is shortened. */
  title: string | null;
}

const LONGEST_VALUE = 90;

function fact(text: Text, label: TextCode, value: string): Fact {
  const shown = shortenMiddle(value, LONGEST_VALUE);
  return { label: text(label), value: shown, title: shown === value ? null : plainName(value) };
}

export function opsetText(report: Report): string {
  const opsets = report.model.opsets.slice(0, 4);
  return opsets
    .map(({ domain, version }) =>
      domain === '' || domain === 'ai.onnx' ? `${version}` : `${plainName(domain)} ${version}`,
    )
    .join(', ');
}

export function producerText(report: Report): string {
  const { name, version } = report.model.producer;
  return [plainName(name), plainName(version)].filter((part) => part !== '').join(' ');
}

/** MACs, parameters, nodes to kernels, licence: beside a measured profile. */
export function modelFacts(index: ScenarioIndex, text: Text): Fact[] {
  const { report, scenario } = index;
  const nodes = integer(report.model.nodeCount);
  const kernels = integer(scenario.kernels.length);
  return [
    fact(text, 'page.model.macs', macsText(scenario.totals, text)),
    fact(text, 'page.model.parameters', count(report.model.parameterCount)),
    fact(text, 'page.model.nodesToKernels', scenario.kernels.length === 0 ? nodes : `${nodes} → ${kernels}`),
    fact(text, 'page.model.licence', report.model.licence ?? text('page.licence.none')),
  ];
}

const macsText = (totals: Totals | null, text: Text): string =>
  totals === null || totals.macs === null ? text('page.unknown') : count(totals.macs);

/** The same without a run, in more detail. */
export function staticFacts(report: Report, text: Text): Fact[] {
  const totals = report.scenarios[0]?.totals ?? null;
  const without = totals?.operatorsWithoutRule ?? [];
  const opsetAndProducer = [opsetText(report), producerText(report)].filter((part) => part !== '').join(' · ');
  return [
    fact(text, 'page.model.macsAtDimensions', macsText(totals, text)),
    fact(text, 'page.model.parameters', count(report.model.parameterCount)),
    fact(text, 'page.model.weights', bytes(report.model.weightBytes)),
    fact(text, 'page.model.withoutRule', without.length === 0 ? text('page.none') : without.join(', ')),
    fact(text, 'page.model.opsetProducer', opsetAndProducer === '' ? text('page.unknown') : opsetAndProducer),
    fact(text, 'page.model.licence', report.model.licence ?? text('page.licence.none')),
  ];
}

/** Memory from shapes; more of it when the host says what is free. */
export function needsFacts(report: Report, needs: RunNeeds | null, text: Text): Fact[] {
  const peak = report.scenarios[0]?.totals.peakActivationBytes ?? null;
  let largest: number | null = null;
  for (const tensor of report.tensors)
    if (tensor.bytes !== null && tensor.bytes > (largest ?? -1)) largest = tensor.bytes;
  const unknown = text('page.unknown');
  return [
    fact(text, 'page.needs.alive', peak === null ? unknown : bytes(peak)),
    fact(text, 'page.needs.largest', largest === null ? unknown : bytes(largest)),
    needs
      ? fact(text, 'page.needs.free', bytes(needs.freeBytes))
      : fact(text, 'page.needs.machine', bytes(report.environment.memoryBytes)),
  ];
}

export function memoryFacts(index: ScenarioIndex, text: Text): Fact[] | null {
  const { memory } = index.scenario;
  if (!memory) return null;
  const resident = memory.peakResidentBytes;
  return [
    fact(text, 'page.memory.resident', resident === null ? text('page.notMeasured') : bytes(resident)),
    fact(
      text,
      'page.memory.activations',
      memory.peakActivationBytes === null ? text('page.unknown') : bytes(memory.peakActivationBytes),
    ),
    fact(text, 'page.memory.weights', bytes(memory.weightBytes)),
  ];
}

const INT8_UNITS: readonly [string, string][] = [
  ['amx_int8', 'AMX int8'],
  ['avx512_vnni', 'AVX-512 VNNI'],
  ['avx_vnni', 'AVX-VNNI'],
  ['i8mm', 'Arm I8MM'],
  ['dotprod', 'Arm DotProd'],
];

/** The machine's unit for int8 dot products by its usual name; null when none is known. */
export function int8Unit(environment: Environment): string | null {
  return INT8_UNITS.find(([flag]) => environment.simd.includes(flag))?.[1] ?? null;
}

export const cpuText = (environment: Environment, text: Text): string =>
  environment.logicalCores === null
    ? plainName(environment.cpuModel) || text('page.unknown')
    : text.plural('page.conditions.cpuValue', environment.logicalCores, {
        cpu: plainName(environment.cpuModel) || text('page.unknown'),
        number: integer(environment.logicalCores),
      });

/** Drift of the clock in words: steady within 3 %. */
export function driftText(drift: number, text: Text): string {
  const signed = `${drift < 0 ? '−' : '+'}${percent(Math.abs(drift), 1)}`;
  if (Math.abs(drift) <= 0.03) return text('page.conditions.steady', { drift: signed });
  return text(drift > 0 ? 'page.conditions.slower' : 'page.conditions.faster', { percent: percent(Math.abs(drift)) });
}

/** `2 threads · all optimizations`; the runtime's own default is said where the number is not known. */
function sessionText(run: RunConditions, text: Text): string {
  const threads =
    run.threads === 0
      ? text('page.chip.threadsDefault')
      : text.plural('page.chip.threads', run.threads, { number: integer(run.threads) });
  return run.optimization === null ? threads : `${threads} · ${text(`page.optimization.${run.optimization}`)}`;
}

export function conditionFacts(index: ScenarioIndex, text: Text): Fact[] {
  const { environment } = index.report;
  const { latency, run } = index.scenario;
  const quiet = quietOf(latency?.rounds ?? []);
  const facts = [
    fact(text, 'page.conditions.cpu', cpuText(environment, text)),
    fact(text, 'page.conditions.threads', sessionText(run, text)),
    fact(text, 'page.conditions.int8', int8Unit(environment) ?? text('page.conditions.noInt8')),
    fact(text, 'page.conditions.runtime', `${environment.runtime} ${environment.runtimeVersion}`),
    fact(text, 'page.conditions.system', environment.os),
  ];
  if (!latency) return facts;
  const drift = driftOf(index);
  if (drift !== null) facts.push(fact(text, 'page.conditions.clock', driftText(drift, text)));
  if (quiet.otherLoadCores !== null)
    facts.push(
      fact(
        text,
        'page.conditions.others',
        text('page.conditions.othersValue', {
          load: decimal(quiet.otherLoadCores, 2),
          cores: integer(environment.logicalCores),
        }),
      ),
    );
  if (quiet.handoffNs !== null) facts.push(fact(text, 'page.conditions.handoff', duration(quiet.handoffNs)));
  const disturbed = quiet.disturbedRounds;
  facts.push(
    fact(
      text,
      'page.conditions.repeated',
      disturbed === 0 ? text('page.none') : text('page.conditions.disturbed', { number: disturbed }),
    ),
  );
  return facts;
}

/** Under the percentiles: one after the other, load and first run. */
export function latencyFacts(index: ScenarioIndex, text: Text): Fact[] {
  const latency = latencyView(index);
  if (!latency) return [];
  const rate = latency.medianNs > 0 ? 1e9 / latency.medianNs : null;
  return [
    fact(
      text,
      'page.latency.throughput',
      text('page.latency.perSecond', { rate: decimal(rate, rate !== null && rate >= 100 ? 0 : 1) }),
    ),
    fact(text, 'page.latency.load', `${duration(latency.sessionCreateNs)} · ${duration(latency.firstRunNs)}`),
  ];
}
