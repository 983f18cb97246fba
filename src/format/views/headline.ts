/** The three sentences on top, each with one button. */

import { providerLabel } from '../providerNames.js';
import type { CostSection } from '../../protocol/cost.js';
import type { PageRun } from '../../protocol/webview.js';
import { aboutDuration as aboutSeconds } from '../approximate.js';
import type { TextCode } from '../text/catalogue.js';
import type { Text } from '../text/text.js';
import { aboutDuration, durationWithError, percent } from '../units.js';
import { billSentence } from './costAnswer.js';
import { int8Unit } from './facts.js';
import { isCertain, type ModuleNode, moduleTree } from './layers.js';
import { latencyView } from './latency.js';
import { plainName, shortenMiddle } from './names.js';
import { profilingRun } from './progress.js';
import { quantizationView, sectionFor } from './quantization.js';
import { shortVerdict } from './quantizationVerdict.js';
import { richText, type RichText } from './richText.js';
import { shareOf, type ScenarioIndex } from './scenarioIndex.js';

export interface Sentence {
  id: 'latency' | 'quantization' | 'cost';
  parts: RichText;
  button: { label: string; disabled: boolean; why: string | null };
  /** What this is about was done: its button is not the next step any more. */
  done: boolean;
  /** Which card answers "How do you know?"; null when there is nothing to tell. */
  evidence: 'latency' | 'quantization' | 'plans' | null;
}

/** Latency first, then what would make it faster, then what it costs. `trialSeconds`: of a trial of int8, where known. */
export function headline(
  index: ScenarioIndex,
  run: PageRun | null,
  text: Text,
  trialSeconds: number | null = null,
  cost: CostSection | null = index.report.cost,
): Sentence[] {
  const profiling = profilingRun(run);
  const bill = billSentence(cost, text);
  return [
    {
      id: 'latency',
      parts: latencySentence(index, profiling, text),
      button: { label: text('page.headline.showLayers'), disabled: index.scenario.kernels.length === 0, why: null },
      done: true,
      evidence: index.scenario.latency && !profiling ? 'latency' : null,
    },
    quantizationSentence(index, run, text, trialSeconds),
    {
      id: 'cost',
      parts: bill ?? richText(text, 'page.headline.billUnknown'),
      button: {
        label: text(cost?.assumptions.rate == null ? 'page.headline.set' : 'page.headline.showCost'),
        disabled: false,
        why: null,
      },
      done: false,
      evidence: null,
    },
  ];
}

function quantizationSentence(
  index: ScenarioIndex,
  run: PageRun | null,
  text: Text,
  trialSeconds: number | null,
): Sentence {
  const { report } = index;
  const section = sectionFor(report, index.scenario.id);
  if (section)
    return {
      id: 'quantization',
      parts: shortVerdict(report, quantizationView(report, section, null, text), text),
      button: { label: text('page.headline.showPlans'), disabled: false, why: null },
      done: true,
      evidence: run ? null : 'plans',
    };
  const label =
    trialSeconds === null
      ? text('page.headline.tryInt8')
      : text('page.headline.tryInt8About', { time: aboutSeconds(trialSeconds) });
  const parts = richText(text, untriedInt8(index));
  if (index.scenario.totals.macs === 0)
    return { id: 'quantization', parts, button: { label, disabled: true, why: null }, done: false, evidence: null };
  return {
    id: 'quantization',
    parts,
    button: { label, disabled: run !== null, why: run ? text('page.headline.afterRun') : null },
    done: false,
    evidence: run ? null : 'quantization',
  };
}

function untriedInt8({ report, scenario }: ScenarioIndex): TextCode {
  if (scenario.totals.macs === 0) return 'page.headline.int8Nothing';
  return int8Unit(report.environment) === null ? 'page.headline.int8NoUnit' : 'page.headline.int8';
}

function latencySentence(index: ScenarioIndex, run: PageRun | null, text: Text): RichText {
  const { provider } = index.scenario.run;
  const latency = latencyView(index);
  if (!latency) {
    if (index.wholeNs > 0)
      return richText(text, 'page.headline.kernelsOnly', {
        time: aboutDuration(index.wholeNs),
        provider: providerName(provider, text),
      });
    return richText(text, run ? 'page.headline.noTimeYet' : 'page.headline.noTime');
  }
  const time =
    run || latency.errorNs === null || latency.errorNs >= latency.medianNs
      ? text(run ? 'page.headline.aboutSoFar' : 'page.headline.about', { time: aboutDuration(latency.medianNs) })
      : durationWithError(latency.medianNs, latency.errorNs);
  const params = { time, provider: providerName(provider, text) };
  const largest = moduleTree(index).children.reduce<ModuleNode | null>(
    (best, node) => (best === null || node.timeNs > best.timeNs ? node : best),
    null,
  );
  if (!largest || !isCertain(largest)) return richText(text, 'page.headline.latency', params);
  return richText(text, 'page.headline.latencyIn', {
    ...params,
    share: percent(shareOf(index, largest.timeNs)),
    module: shortenMiddle(plainName(largest.path), 40),
  });
}

/** `CPUExecutionProvider` and `cpu` as people say it. */
export function providerName(provider: string, text: Text): string {
  const label = providerLabel(provider);
  return label === 'CPU' ? text('page.provider.cpu') : plainName(label);
}
