/** Figures of the hints as words. */

import { OLD_AFTER_DAYS } from '../../cost/prices/table.js';
import { dollars, hourlyDollars, rate } from '../../../format/money.js';
import { duration, durationWithError } from '../../../format/units.js';
import type { HintDetails, HintFix, HintLink } from './hint.js';
import type { Figures } from './figures.js';
import type { ProfiledModel } from './context.js';

const DAY_MS = 86_400_000;

/** What most sentences need: the percentile, the rate, the target. */
export function common(figures: Figures): { percentile: number; rate: string; target: string } {
  return {
    percentile: Math.round(figures.percentile * 1000) / 10,
    rate: rate(figures.rate ?? 0),
    target: figures.targetNs === null ? '' : duration(figures.targetNs),
  };
}

export function medianText(model: ProfiledModel): string | null {
  const latency = model.report.scenarios.find((each) => each.latency !== null)?.latency;
  if (!latency) return null;
  const [low, high] = latency.confidenceNs;
  return durationWithError(latency.medianNs, high > low ? (high - low) / 2 : null);
}

type Row = HintDetails['rows'][number];

/** `3 × c7a.large | 3 × $0.1026/h × 730 h | $225 | on demand, us-east-1, price of …` */
export function priceRow(figures: Figures, count: number): Row | null {
  const { text, serving } = figures.context;
  const price = figures.price?.price;
  const machines = figures.machines(count);
  if (!price || machines === null) return null;
  const spot = serving.purchase === 'spot' && price.spot !== null;
  const source = spot && price.spot ? price.spot.source : price.onDemand.source;
  const basis = figures.price.regionAssumed ? 'hints.row.priceBasisAssumed' : 'hints.row.priceBasis';
  return {
    cells: [
      text('hints.row.machines', { count: machines, instance: price.instance }),
      text('hints.row.machinesSum', { count: machines, hourly: hourlyDollars(figures.usdPerHour) }),
      dollars(figures.usdPerMonth(count)),
      text(basis, {
        purchase: spot ? 'spot' : text('hints.row.onDemand'),
        region: price.region,
        date: source.asOf ?? text('hints.row.undated'),
      }),
    ],
  };
}

/** What the machines carry with the headroom kept. */
export function carriesRow(figures: Figures, count: number): Row | null {
  const { text, serving } = figures.context;
  const carried = figures.carried(count);
  const one = figures.carriedByOne(count);
  if (!carried || !one) return null;
  const kept = 1 - figures.headroom;
  const share = Math.round(kept * 100);
  const between = (low: number, high: number): string => (low === high ? rate(low) : `${rate(low)}–${rate(high)}`);
  const basis = serving.headroomPercent === undefined ? 'hints.row.carriesBasisAssumed' : 'hints.row.carriesBasis';
  return {
    cells: [
      text('hints.row.carries'),
      text('hints.row.carriesSum', {
        count: rate(carried.low / one.low),
        each: between(one.low, one.high),
        share,
      }),
      text('hints.row.reqPerSecond', { rate: between(carried.low * kept, carried.high * kept) }),
      carried.basis === 'projected' ? text('hints.row.projected') : text(basis, { headroom: 100 - share }),
    ],
  };
}

export function latencyRow(figures: Figures, count: number): Row | null {
  const { text } = figures.context;
  const latency = figures.latency(count);
  if (!latency || latency.percentileNs === null) return null;
  const words = common(figures);
  return {
    cells: [
      text('hints.row.percentile', words),
      figures.targetNs === null ? text('hints.row.noTarget') : text('hints.row.target', words),
      duration(latency.percentileNs),
      latencyBasis(figures, count),
    ],
  };
}

function latencyBasis(figures: Figures, count: number): string {
  const { text } = figures.context;
  const tested = figures.tested(count);
  if (tested?.basis === 'loadTest') return text('hints.row.loadTest', { seconds: Math.round(tested.seconds) });
  const runs = figures.service(figures.sessionsPerMachine(count))?.byBatch[0]?.samplesNs.length ?? 0;
  return text(tested ? 'hints.row.simulated' : 'hints.row.formula', { runs });
}

/** Of the machine, the model and what is left out; the same below every table. */
export function notesOf(figures: Figures): string[] {
  const { context, machine } = figures;
  const { text, now } = context;
  const source = machine?.onDemand.source;
  const asOf = source?.asOf ?? null;
  const isOld = asOf !== null && now.getTime() - Date.parse(asOf) > OLD_AFTER_DAYS * DAY_MS;
  return [
    text('hints.note.modelCalls'),
    packingNote(figures),
    assumedNote(figures),
    machineNote(figures),
    scaledNote(figures),
    isOld ? text('hints.note.oldPrice', { date: asOf }) : null,
    source && asOf === null ? text('hints.note.undatedPrice') : null,
    figures.model.stale ? text('hints.note.stale') : null,
    text('hints.note.setting'),
  ].filter((note) => note !== null);
}

function packingNote({ packing, config, machine, context }: Figures): string | null {
  if (!packing || !('pods' in packing) || !config.cpuRequest || !machine?.vcpus) return null;
  const params = { cpus: config.cpuRequest.value, vcpus: machine.vcpus };
  return context.text.plural('hints.note.pods', packing.pods, params);
}

function assumedNote({ scenario, context }: Figures): string | null {
  const assumed = scenario?.dimensions.filter(({ source }) => source === 'default' || source === 'symbolName') ?? [];
  if (assumed.length === 0) return null;
  const dimensions = assumed.map(({ name, value }) => `${name} = ${value}`).join(', ');
  return context.text('hints.note.dimensions', { dimensions });
}

function machineNote(figures: Figures): string | null {
  const { instance, context, instanceAssumed, measuredHere } = figures;
  if (instance === null) return null;
  if (!measuredHere) return context.text('hints.note.notThere', { instance });
  return context.text(instanceAssumed ? 'hints.note.shapeAssumed' : 'hints.note.thisMachine', { instance });
}

function scaledNote({ config, context }: Figures): string | null {
  const { scaledBy, floor, ceiling, kind } = config;
  if (scaledBy === null || !floor || !ceiling) return null;
  const params = { scaler: scaledBy, floor: floor.value, ceiling: ceiling.value, kind };
  return context.text('hints.note.scaled', params);
}

/** The machine that the file itself names. */
export const namedInstance = ({ instance, instanceAssumed }: Figures): string | null =>
  instanceAssumed ? null : instance;

/** What is aimed at is a choice like the rate; with the one that holds now. */
export const targetLink = (figures: Figures): HintLink => ({
  label:
    figures.targetNs === null
      ? figures.context.text('hints.action.setTarget')
      : figures.context.text('hints.action.changeTarget', { target: common(figures).target }),
  action: { type: 'setTarget' },
});

/** As a fix of what the target makes wrong. */
export const targetFix = (figures: Figures): HintFix => {
  const { label, action } = targetLink(figures);
  return { title: label, edits: [], action, preferred: false };
};

export function linksOf(figures: Figures, count: number | null): HintLink[] {
  const { text } = figures.context;
  const modelPath = figures.model.path;
  const machines = count === null ? null : figures.machines(count);
  return [
    {
      label: text('hints.action.openCost'),
      action: { type: 'openCost', modelPath, instance: figures.instance, replicas: machines },
    },
    { label: text('hints.action.profile'), action: { type: 'profile', modelPath } },
    figures.rate === null
      ? { label: text('hints.action.setRate'), action: { type: 'setRate' } }
      : {
          label: text('hints.action.compare'),
          action: { type: 'compareInstances', modelPath, instance: figures.instance },
        },
    ...(figures.rate === null ? [] : [targetLink(figures)]),
    { label: text('hints.action.turnOff'), action: { type: 'turnOff' } },
  ];
}

/** Those of the rows that there are. */
export const present = (...rows: (Row | null)[]): Row[] => rows.filter((row) => row !== null);
