/** What putting requests together would change, in one sentence. */

import type { BatchingEffect, CostSection } from '../../protocol/cost.js';
import type { Text } from '../text/text.js';
import { duration, integer } from '../units.js';
import { answerOption } from './costAnswer.js';
import { rateText, usd } from './money.js';

/** null where it is done already, does not pay, or was not measured. */
export function batchingSentence(section: CostSection, text: Text): string | null {
  const { batching: effect } = section;
  if (!effect) return null;
  const words = { with: withBatches(effect, text), carries: rateText(effect.carries) };
  const { replicas, replicasNow } = effect;
  // Beside a count that was found otherwise only what one machine carries is told.
  if (replicas === null || replicasNow === null || replicasNow !== answerOption(section)?.replicas)
    return text('page.cost.batches.carries', { ...words, now: rateText(effect.carriesNow) });
  const figures = {
    ...words,
    ...{ count: integer(replicas), now: integer(replicasNow), percentile: section.assumptions.percentile },
    ...{ time: duration(effect.percentileNs), carriesNow: rateText(effect.carriesNow) },
  };
  if (replicas >= replicasNow) return text.plural('page.cost.batches.stays', replicas, figures);
  if (effect.usdPerMonth === null) return text.plural('page.cost.batches.fewerUnpriced', replicas, figures);
  return text.plural('page.cost.batches.fewer', replicas, { ...figures, money: usd(effect.usdPerMonth) });
}

const withBatches = ({ maxBatch: batch, queueDelayMs: wait }: BatchingEffect, text: Text): string =>
  text(wait > 0 ? 'page.cost.batches.ofWait' : 'page.cost.batches.of', { batch, wait });
