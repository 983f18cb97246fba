/** What one request of a pipeline is. */

import type { CostStep } from '../../protocol/cost.js';
import type { PipelineSettings } from '../../protocol/settings.js';
import type { Text } from '../text/text.js';
import { ageText } from './age.js';
import { plainName } from './names.js';

/** Its calls and what is outside them, and what is left out. */
export function requestSentences(request: PipelineSettings, text: Text): [what: string, leftOut: string] {
  const { name, steps, outsideModelMs = 0, cacheHitPercent = 0 } = request;
  const parts = steps.map(({ model, callsPerRequest = 1 }) =>
    text('cost.request.step', { calls: callsPerRequest, model: fileName(model) }),
  );
  if (outsideModelMs > 0) parts.push(text('cost.request.outside', { ms: outsideModelMs }));
  const cached = cacheHitPercent > 0 ? [text('cost.request.cached', { percent: cacheHitPercent })] : [];
  return [
    text('cost.request', { name: plainName(name), steps: [parts.join(' + '), ...cached].join('; ') }),
    text(outsideModelMs > 0 ? 'cost.request.leftOut' : 'cost.request.leftOutAll'),
  ];
}

/** Of a model that a pipeline names. */
export const fileName = (path: string): string => plainName(path.split(/[\\/]/).at(-1) ?? '');

/** One for each model whose file has changed since it was measured. */
export function staleSentences(steps: readonly CostStep[] | undefined, now: Date, text: Text): string[] {
  const stale = new Map((steps ?? []).flatMap((step) => (step.stale ? [[step.model, step.measuredAt] as const] : [])));
  return [...stale].map(([model, measuredAt]) =>
    text('cost.request.stale', { model: fileName(model), age: ageText(measuredAt, now, text) }),
  );
}
