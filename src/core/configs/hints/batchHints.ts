/** Behind batch, queue delay, copies in one machine, precision and other runtimes. */

import { rate } from '../../../format/money.js';
import { bytes, duration, percent } from '../../../format/units.js';
import { replicaCapacity } from '../../cost/service.js';
import type { Located } from '../tree/node.js';
import type { Figures } from './figures.js';
import { diagnostic, type Hint, type HintDetails, type HintFix, inlay } from './hint.js';
import { common, linksOf, namedInstance, notesOf, targetFix } from './wording.js';

export function batchHints(figures: Figures): Hint[] {
  return [...batchHint(figures), ...delayHint(figures), ...sessionsHint(figures), ...otherRuntimeHints(figures)];
}

const countOf = (figures: Figures): number => {
  const { config } = figures;
  return config.count?.value ?? config.floor?.value ?? 1;
};

/** Throughput of a batch over that without batching; null: not measured. */
function gainOf(figures: Figures, batch: number): number | null {
  const service = figures.service(figures.sessionsPerMachine(countOf(figures)));
  if (!service || !service.byBatch.some((each) => each.batch === Math.max(1, batch))) return null;
  return replicaCapacity(service, Math.max(1, batch)) / replicaCapacity(service, 1) - 1;
}

const gainText = (gain: number): string => `${gain < 0 ? '−' : '+'}${percent(Math.abs(gain))}`;

function batchHint(figures: Figures): Hint[] {
  const { config, context } = figures;
  const { batch } = config;
  if (!batch) return [];
  const { text } = context;
  if (batch.value <= 1) return [inlay(batch.range, text('hints.batch.none'), null)];
  const gain = gainOf(figures, batch.value);
  const most = figures.measuredBatches().at(-1) ?? 1;
  if (gain === null) {
    const above = most > 1 && batch.value > most;
    const words = above ? text('hints.batch.above', { most }) : text('hints.unmeasured');
    const hints = [inlay(batch.range, words, () => batchDetails(figures))];
    if (!above) return hints;
    const message = text('hints.diagnostic.batchAbove', { batch: batch.value, most });
    const fix: HintFix = {
      title: text('hints.fix.batchMost', { field: fieldOf(figures, batch), most }),
      edits: [{ range: batch.range, text: String(most) }],
      preferred: true,
    };
    return [
      ...hints,
      diagnostic('information', 'batchAbove', batch.field, message, [fix], () => batchDetails(figures)),
    ];
  }
  return measuredBatch(figures, batch, gain);
}

function measuredBatch(figures: Figures, batch: Located<number>, gain: number): Hint[] {
  const { text } = figures.context;
  const count = countOf(figures);
  const words = { ...common(figures), gain: gainText(gain), batch: batch.value };
  const latency = figures.latency(count, batch.value);
  if (!latency) return [inlay(batch.range, text('hints.batch.gainOnly', words), () => batchDetails(figures))];
  const { percentileNs } = latency;
  if (percentileNs === null)
    return [inlay(batch.range, text('hints.batch.overload', words), () => batchDetails(figures))];
  const over = figures.targetNs !== null && percentileNs > figures.targetNs;
  const shown = { ...words, latency: duration(percentileNs) };
  const hint = inlay(batch.range, text(over ? 'hints.batch.over' : 'hints.batch.gain', shown), () =>
    batchDetails(figures),
  );
  if (!over) return [hint];
  const message = text('hints.diagnostic.batchTarget', shown);
  const fixes = [...batchFixes(figures, batch), targetFix(figures)];
  return [hint, diagnostic('warning', 'batchTarget', batch.field, message, fixes, () => batchDetails(figures))];
}

/** Batches that hold, the one with the most throughput first; none at all last. */
function batchFixes(figures: Figures, batch: Located<number>): HintFix[] {
  const { text } = figures.context;
  const count = countOf(figures);
  const holding = figures.measuredBatches().filter((each) => each < batch.value && figures.holds(count, each) === true);
  const off = figures.config.format === 'triton' ? 0 : 1;
  return holding
    .map((each) => ({ batch: each, gain: gainOf(figures, each) ?? 0 }))
    .sort((a, b) => b.gain - a.gain || a.batch - b.batch)
    .slice(0, 3)
    .map((each, at) => {
      const written = each.batch === 1 ? off : each.batch;
      const words = {
        ...common(figures),
        field: fieldOf(figures, batch),
        batch: written,
        latency: duration(figures.latency(count, each.batch)?.percentileNs ?? null),
        gain: gainText(each.gain),
      };
      return {
        title: text(each.batch === 1 ? 'hints.fix.batchOff' : 'hints.fix.batch', words),
        edits: [{ range: batch.range, text: String(written) }],
        preferred: at === 0,
      };
    });
}

const fieldOf = (figures: Figures, field: Located<number>): string =>
  /^["']?([\w.-]{1,60})/.exec(figures.context.sourceText.slice(field.field.start, field.range.start))?.[1] ?? '';

function batchDetails(figures: Figures): HintDetails {
  const { config, context } = figures;
  const { text } = context;
  const count = countOf(figures);
  const service = figures.service(figures.sessionsPerMachine(count));
  const rows = (service?.byBatch ?? []).map(({ batch }) => {
    const latency = figures.latency(count, batch);
    const holds = figures.targetNs === null ? null : figures.holds(count, batch);
    const carries = service ? rate(replicaCapacity(service, batch)) : '';
    const verdict = holds === null ? '' : text(holds ? 'hints.row.holds' : 'hints.row.misses');
    return {
      cells: [
        text('hints.row.batch', { batch }),
        text('hints.row.reqPerSecond', { rate: carries }),
        latency ? duration(latency.percentileNs) : '',
        verdict,
      ] as [string, string, string, string],
    };
  });
  return {
    title: text('hints.title.batch', { batch: config.batch?.value ?? 1 }),
    rows,
    notes: notesOf(figures),
    links: linksOf(figures, config.count?.value ?? null),
  };
}

/** A lone request waits for the whole delay. */
function delayHint(figures: Figures): Hint[] {
  const { queueDelayNs } = figures.config;
  if (!queueDelayNs || queueDelayNs.value === 0) return [];
  return [inlay(queueDelayNs.range, figures.context.text('hints.delay', { time: duration(queueDelayNs.value) }), null)];
}

function sessionsHint(figures: Figures): Hint[] {
  const { config, context, peakBytes } = figures;
  const { sessions } = config;
  if (!sessions || sessions.value === 0) return [];
  const { text } = context;
  if (config.sessionsOnGpu === true || config.accelerators !== null)
    return [inlay(sessions.range, text('hints.sessions.gpu'), null)];
  const memory = peakBytes === null ? null : bytes(peakBytes * sessions.value);
  const service = figures.service(figures.sessionsPerMachine(config.count?.value ?? 1));
  const details: HintDetails = {
    title: text('hints.title.sessions'),
    rows: [],
    notes: notesOf(figures),
    links: linksOf(figures, null),
  };
  if (service && memory !== null) {
    const carries = rate(replicaCapacity(service, figures.policy().maxBatch));
    const words = text(service.threads === 1 ? 'hints.sessions.one' : 'hints.sessions', {
      memory,
      carries,
      threads: service.threads,
    });
    return [inlay(sessions.range, words, details)];
  }
  const words =
    memory === null ? text('hints.unmeasured') : text.plural('hints.sessions.memory', sessions.value, { memory });
  return [inlay(sessions.range, words, details)];
}

/** What the profile does not speak of: another precision, another runtime. */
function otherRuntimeHints(figures: Figures): Hint[] {
  const { config, context, model } = figures;
  const { text } = context;
  return config.otherRuntimes.map((other) =>
    inlay(
      other.range,
      text('hints.unmeasured'),
      {
        title: text('hints.title.unmeasured', { name: other.value }),
        rows: [],
        notes: [text('hints.note.accelerator', { accelerator: other.value }), text('hints.note.setting')],
        links: linksOf(figures, null),
      },
      {
        label: text('hints.action.measureThere'),
        action: { type: 'measureThere', modelPath: model.path, instance: namedInstance(figures) },
      },
    ),
  );
}
