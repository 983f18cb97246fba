/** What one request of a pipeline is. */

import type { PipelineSettings } from '../../protocol/settings.js';
import type { Text } from '../text/text.js';
import { plainName } from './names.js';

/** Its calls and what is outside them, and what is left out. */
export function requestSentences(request: PipelineSettings, text: Text): [what: string, leftOut: string] {
  const { name, steps, outsideModelMs = 0, cacheHitPercent = 0 } = request;
  const parts = steps.map(({ model, callsPerRequest = 1 }) =>
    text('cost.request.step', { calls: callsPerRequest, model: plainName(model.split(/[\\/]/).at(-1) ?? '') }),
  );
  if (outsideModelMs > 0) parts.push(text('cost.request.outside', { ms: outsideModelMs }));
  const cached = cacheHitPercent > 0 ? [text('cost.request.cached', { percent: cacheHitPercent })] : [];
  return [
    text('cost.request', { name: plainName(name), steps: [parts.join(' + '), ...cached].join('; ') }),
    text(outsideModelMs > 0 ? 'cost.request.leftOut' : 'cost.request.leftOutAll'),
  ];
}
