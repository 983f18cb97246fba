/** The result in one line, as people paste it into a chat or a ticket: figure, interval, machine, inputs. */

import type { Text } from '../text/text.js';
import { durationUnit, durationWithError, inUnit, integer } from '../units.js';
import { dateText } from './dates.js';
import { cpuText } from './facts.js';
import { providerName } from './headline.js';
import { latencyView } from './latency.js';
import { plainName } from './names.js';
import type { ScenarioIndex } from './scenarioIndex.js';

/** Shapes and sources of the inputs: `x 1×3×640×640, synthetic, seed 1`. */
export function inputsText(index: ScenarioIndex, text: Text): string {
  const { inputs, run } = index.scenario;
  const shapes = inputs
    .slice(0, 6)
    .map((input) => `${plainName(input.name)} ${input.shape.join('×') || text('page.scalar')}`);
  if (inputs.length > 6) shapes.push(text('page.more', { number: inputs.length - 6 }));
  const synthetic = inputs.some((input) => input.source.startsWith('synthetic:'));
  const source = synthetic
    ? text('page.result.synthetic', { seed: run.seed ?? text('page.unknown') })
    : text(index.report.status === 'imported' ? 'page.result.recorded' : 'page.result.files');
  return [...shapes, source].join(', ');
}

/** null while there is no median. */
export function resultLine(index: ScenarioIndex, fileName: string, text: Text): string | null {
  const latency = latencyView(index);
  if (!latency) return null;
  const { environment, createdAt } = index.report;
  const { run } = index.scenario;
  const unit = durationUnit(latency.medianNs);
  const [low, high] = latency.confidenceNs;
  const decimals = high / unit.scale < 10 ? 2 : 1;
  return text(latency.errorNs === null ? 'page.result.lineDraft' : 'page.result.line', {
    file: plainName(fileName),
    median: durationWithError(latency.medianNs, latency.errorNs),
    low: inUnit(low, unit, decimals),
    high: inUnit(high, unit, decimals),
    unit: unit.label,
    runs: integer(latency.runs),
    cpu: cpuText(environment, text),
    threads:
      run.threads === 0
        ? text('page.chip.threadsDefault')
        : text.plural('page.chip.threads', run.threads, { number: integer(run.threads) }),
    runtime: `${environment.runtime} ${environment.runtimeVersion}`,
    provider: providerName(run.provider, text),
    inputs: inputsText(index, text),
    date: dateText(createdAt),
  });
}
