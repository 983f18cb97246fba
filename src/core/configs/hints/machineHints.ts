/** Behind what says which machine, and how much of it a copy takes. */

import { hourlyDollars, rate } from '../../../format/money.js';
import { bytes } from '../../../format/units.js';
import { allocatableCpus } from './allocatable.js';
import type { Figures } from './figures.js';
import type { TextRange } from '../tree/node.js';
import {
  diagnostic,
  type Hint,
  type HintAction,
  type HintDetails,
  type HintFix,
  type HintLink,
  inlay,
} from './hint.js';
import { linksOf, namedInstance, notesOf, present, priceRow } from './wording.js';

const MIB = 2 ** 20;
/** SageMaker's serverless endpoints: from 1024 to 6144 in steps of 1024. */
const SERVERLESS_MIB = { step: 1024, most: 6144 };

export function machineHints(figures: Figures): Hint[] {
  return [
    ...instanceHint(figures),
    ...cpuHints(figures),
    ...memoryHints(figures),
    ...serverlessHints(figures),
    ...gpuHints(figures),
  ];
}

function instanceHint(figures: Figures): Hint[] {
  const { config, context, price } = figures;
  const { text } = context;
  const { instance } = config;
  if (!instance || !price) return [];
  if (price.price === null) {
    const words = text('hints.noPrice', { instance: instance.value });
    const details: HintDetails = {
      title: text('hints.title.unknown', { instance: instance.value }),
      rows: [],
      notes: [
        text.message(price.reason),
        ...(config.service === 'vm' ? [] : [text('hints.note.managed')]),
        text('hints.note.addPrice'),
        text('hints.note.setting'),
      ],
      links: [
        { label: text('hints.action.addPrice'), action: { type: 'addPrice' } },
        { label: text('hints.action.turnOff'), action: { type: 'turnOff' } },
      ],
    };
    return [
      inlay(instance.range, words, details, { label: text('hints.action.addPrice'), action: { type: 'addPrice' } }),
    ];
  }
  return [inlay(instance.range, instanceText(figures), () => instanceDetails(figures))];
}

function instanceText(figures: Figures): string {
  const { context, machine, config } = figures;
  const { text } = context;
  const money = hourlyDollars(figures.usdPerHour);
  const accelerator = machine?.accelerator?.name ?? null;
  if (accelerator !== null && figures.scenario?.run.provider === 'cpu')
    return text('hints.instance.accelerator', { money, accelerator });
  const carried = figures.carriedByOne(config.count?.value ?? 1);
  if (!carried) return text('hints.instance.unmeasured', { money });
  if (carried.basis === 'projected')
    return text('hints.instance.between', { money, low: rate(carried.low), high: rate(carried.high) });
  return text(carried.basis === 'here' ? 'hints.instance.here' : 'hints.instance.measured', {
    money,
    carries: rate(carried.low),
  });
}

function instanceDetails(figures: Figures): HintDetails {
  const { context, machine, instance } = figures;
  const { text } = context;
  const accelerator = machine?.accelerator?.name ?? null;
  const notes = accelerator === null ? [] : [text('hints.note.accelerator', { accelerator })];
  return {
    title: text('hints.title.instance', { instance: instance ?? '', money: hourlyDollars(figures.usdPerHour) }),
    rows: present(priceRow(figures, 1), nodeRow(figures)),
    notes: [...notes, ...notesOf(figures)],
    links: [...measureLinks(figures), ...linksOf(figures, null)],
  };
}

/** Where the profile is of another machine. */
function measureLinks(figures: Figures): HintLink[] {
  const instance = namedInstance(figures);
  if (instance === null || figures.measuredHere) return [];
  const action: HintAction = { type: 'measureThere', modelPath: figures.model.path, instance };
  return [{ label: figures.context.text('hints.action.measureThere'), action }];
}

function nodeRow(figures: Figures): HintDetails['rows'][number] | null {
  const { machine, context } = figures;
  if (!machine || machine.vcpus === null || machine.memoryBytes === null) return null;
  const allocatable = figures.config.unit === 'pods' ? allocatableCpus(machine) : null;
  const basis =
    allocatable === null
      ? context.text('hints.row.nodeBasis', { vcpus: machine.vcpus, memory: bytes(machine.memoryBytes) })
      : context.text('hints.row.nodeAllocatable', { vcpus: machine.vcpus, cpus: shortNumber(allocatable) });
  return { cells: [context.text('hints.row.node', { instance: machine.instance }), '', '', basis] };
}

const shortNumber = (value: number): string => String(Number(value.toFixed(2)));

function cpuHints(figures: Figures): Hint[] {
  return [...podsHint(figures), ...throttling(figures)];
}

function podsHint(figures: Figures): Hint[] {
  const { config, context, packing, machine, instance } = figures;
  const { text } = context;
  const { cpuRequest } = config;
  if (!cpuRequest || !packing || !machine || instance === null) return [];
  const details: HintDetails = {
    title: text('hints.title.cpu', { kind: config.kind }),
    rows: present(nodeRow(figures)),
    notes: notesOf(figures),
    links: linksOf(figures, null),
  };
  if ('pods' in packing)
    return [inlay(cpuRequest.range, text.plural('hints.cpu.pods', packing.pods, { instance }), details)];
  if (packing.unfit !== 'cpu') return [];
  const allocatable = allocatableCpus(machine);
  const words =
    allocatable === null
      ? text('hints.cpu.unfitWhole', { instance, vcpus: machine.vcpus ?? 0 })
      : text('hints.cpu.unfit', { allocatable: shortNumber(allocatable) });
  return [inlay(cpuRequest.range, words, details)];
}

/** A limit below the threads that run stops them for a part of every period. */
function throttling({ config, context, scenario }: Figures): Hint[] {
  const { cpuLimit } = config;
  const threads = config.threads?.value ?? scenario?.run.threads ?? 0;
  if (!cpuLimit || config.accelerators !== null || scenario?.run.provider !== 'cpu' || cpuLimit.value >= threads)
    return [];
  const { text, sourceText } = context;
  const message = text('hints.diagnostic.throttle', { limit: shortNumber(cpuLimit.value), threads });
  const written = sourceText.slice(cpuLimit.range.start, cpuLimit.range.end);
  const edits = [{ range: cpuLimit.range, text: written.replace(/[\w.]+/, String(threads)) }];
  const fix = { title: text('hints.fix.cpuLimit', { threads }), edits, preferred: true };
  return [diagnostic('information', 'throttling', cpuLimit.field, message, [fix])];
}

function memoryHints(figures: Figures): Hint[] {
  const { config, context, packing, machine, instance } = figures;
  const { memoryRequestBytes: request } = config;
  const unfit = packing !== null && 'unfit' in packing && packing.unfit === 'memory';
  if (!unfit || !request || !machine?.memoryBytes || instance === null) return limitHints(figures);
  const words = context.text('hints.memory.machine', { instance, memory: bytes(machine.memoryBytes) });
  return [inlay(request.range, words, () => memoryDetails(figures))];
}

/** Warns where the model alone, measured here, takes more than the limit. */
function limitHints(figures: Figures): Hint[] {
  const { config, context, peakBytes } = figures;
  const { text } = context;
  const { memoryLimitBytes: limit } = config;
  const needed = peakBytes === null ? null : peakBytes * Math.max(1, config.sessions?.value ?? 1);
  if (!limit || needed === null || config.accelerators !== null || limit.value >= needed) return [];
  const words = { memory: bytes(needed), limit: bytes(limit.value) };
  return [
    inlay(limit.range, text('hints.memory.unfit', words), () => memoryDetails(figures)),
    diagnostic(
      'warning',
      'memory',
      limit.field,
      text('hints.diagnostic.memory', words),
      memoryFixes(figures, limit.range, needed),
      () => memoryDetails(figures),
    ),
  ];
}

/** In the file's own unit; none where nothing that may be written there is enough. */
function memoryFixes({ config, context }: Figures, range: TextRange, needed: number): HintFix[] {
  const { text, sourceText } = context;
  const withRoom = Math.ceil((needed * 1.25) / MIB);
  const quote = /^["']/.exec(sourceText.slice(range.start, range.end))?.[0] ?? '';
  const fix = (key: 'hints.fix.memory' | 'hints.fix.memoryMost', memory: string, written: string): HintFix => ({
    title: text(key, { memory }),
    edits: [{ range, text: `${quote}${written}${quote}` }],
    preferred: true,
  });
  if (config.serverless === null) {
    const enough = `${withRoom}${config.format === 'compose' ? 'M' : 'Mi'}`;
    return [fix('hints.fix.memory', enough, enough)];
  }
  const { step, most } = SERVERLESS_MIB;
  const enough = Math.ceil(withRoom / step) * step;
  if (enough <= most) return [fix('hints.fix.memory', `${enough} MB`, String(enough))];
  return needed <= most * MIB ? [fix('hints.fix.memoryMost', `${most} MB`, String(most))] : [];
}

/** What is known of a serverless endpoint: that no price of it is. */
function serverlessHints(figures: Figures): Hint[] {
  const { config, context } = figures;
  const { text } = context;
  if (!config.serverless || limitHints(figures).length > 0) return [];
  const details = (): HintDetails => {
    const memory = memoryDetails(figures);
    return {
      ...memory,
      title: text('hints.title.serverless'),
      notes: [text('hints.note.serverless'), ...memory.notes],
    };
  };
  return [inlay(config.serverless, text('hints.serverless'), details)];
}

function memoryDetails(figures: Figures): HintDetails {
  const { config, context, peakBytes } = figures;
  const { text } = context;
  const { memoryLimitBytes: limit, memoryRequestBytes: request } = config;
  const row = (what: string, value: number, basis: string): HintDetails['rows'][number] => ({
    cells: [what, '', bytes(value), basis],
  });
  return {
    title: text('hints.title.memory', { kind: config.kind }),
    rows: present(
      peakBytes === null ? null : row(text('hints.row.peak'), peakBytes, text('hints.row.measured')),
      limit && row(text('hints.row.limit'), limit.value, text('hints.row.written')),
      request && row(text('hints.row.request'), request.value, text('hints.row.written')),
    ),
    notes: notesOf(figures),
    links: linksOf(figures, null),
  };
}

function gpuHints(figures: Figures): Hint[] {
  const { config, context, scenario } = figures;
  const { text } = context;
  const { accelerators, sessions, sessionsOnGpu } = config;
  if (scenario?.run.provider !== 'cpu') return [];
  if (!accelerators && sessions && sessionsOnGpu === true)
    return [diagnostic('information', 'gpu', sessions.field, text('hints.diagnostic.gpu'))];
  if (!accelerators) return [];
  const inlays = Number.isInteger(accelerators.value)
    ? [inlay(accelerators.range, text.plural('hints.gpus', accelerators.value), null)]
    : [inlay(accelerators.range, text('hints.unmeasured'), null)];
  return [...inlays, diagnostic('information', 'gpu', accelerators.field, text('hints.diagnostic.gpu'))];
}
