/** Behind "More": what removing channels would save, and other models beside this one. */

import { html, nothing, type TemplateResult } from 'lit/html.js';
import { byteUnit, count, decimal, duration, durationUnit, integer, inUnit, percent } from '../../src/format/units.js';
import { plainName } from '../../src/format/views/names.js';
import { speedupText } from '../../src/format/views/quantization.js';
import { answersText } from '../../src/format/views/quantizationVerdict.js';
import { richText, type RichText } from '../../src/format/views/richText.js';
import { operatorName, type ScenarioIndex } from '../../src/format/views/scenarioIndex.js';
import type {
  AlternativeModel,
  AlternativesSection,
  PruningLayer,
  PruningSection,
  Report,
} from '../../src/protocol/report.js';
import { button } from '../controls/button.js';
import { dataTable } from '../controls/dataTable.js';
import { middleEllipsis } from '../controls/middleEllipsis.js';
import type { Context } from '../context.js';
import { failureBanner } from './banners.js';
import { viewOfTask } from './taskView.js';
import { trialRunning } from './trialRunning.js';
import { emptyView, viewFrame } from './viewFrame.js';

export function pruningOf(report: Report | null, scenarioId: string | null): PruningSection | null {
  const found = report?.quantization.filter(({ pruning }) => pruning != null) ?? [];
  return (found.find((section) => section.scenarioId === scenarioId) ?? found[0])?.pruning ?? null;
}

export const alternativesOf = (report: Report | null, scenarioId: string | null): AlternativesSection | null =>
  report?.alternatives?.find((one) => one.scenarioId === scenarioId) ?? report?.alternatives?.[0] ?? null;

export function pruningView(context: Context, index: ScenarioIndex): TemplateResult {
  const pruning = pruningOf(index.report, index.scenario.id);
  return moreView(context, 'pruning', pruning && pruningResult(context, index, pruning));
}

/** The result, or what would be one; over it what goes on or went wrong. */
function moreView(context: Context, view: MeasuredHere, result: TemplateResult | null): TemplateResult {
  const { run } = context.state;
  const failed = failureBanner(context, result !== null, view);
  if (run && viewOfTask(run.task) === view) return html`${failed} ${trialRunning(context, run)}`;
  return html`${failed} ${result ?? notMeasured(context, view)}`;
}

const MEASURE = { pruning: 'measurePruning', alternatives: 'measureAlternatives' } as const;
type MeasuredHere = keyof typeof MEASURE;

function notMeasured(context: Context, view: MeasuredHere): TemplateResult {
  const { text, live } = context;
  if (!live) return emptyView(text(`page.tab.${view}`), richText(text, `page.${view}.none`), null);
  return html`<section class="empty" aria-labelledby="more-title">
    <h2 id="more-title">${text(`page.${view}.empty`)}</h2>
    <p>${text(`page.${view}.emptyGives`)}</p>
    <div class="empty-actions">${measureButton(context, view, true)}</div>
  </section>`;
}

function measureButton({ text, state, actions }: Context, view: MeasuredHere, first: boolean): TemplateResult {
  const disabled = state.run !== null;
  return html`${button({
    id: `measure-${view}`,
    label: text(first ? `page.${view}.measure` : `page.${view}.again`),
    primary: first,
    disabled,
    ...(disabled ? { title: text('page.headline.afterRun') } : {}),
    onClick: () => {
      actions.post({ type: MEASURE[view] });
    },
  })}
  ${disabled && first ? html`<span class="faint">${text('page.headline.afterRun')}</span>` : nothing}`;
}

const again = (context: Context, view: MeasuredHere): TemplateResult | typeof nothing =>
  context.live ? html`<div class="view-actions">${measureButton(context, view, false)}</div>` : nothing;

function pruningResult(context: Context, index: ScenarioIndex, pruning: PruningSection): TemplateResult {
  const { text } = context;
  const title = text('page.tab.pruning');
  const layers = [...pruning.layers].sort((a, b) => (savedNs(b) ?? -Infinity) - (savedNs(a) ?? -Infinity));
  return viewFrame(context, {
    title,
    sentence: pruningSentence(context, index, layers[0] ?? null),
    evidence: null,
    picture: null,
    table: (rows) => pruningTable(context, index, layers.slice(0, rows)),
    note: pruning.explanation.map((message) => text.message(message)).join(' '),
    more: again(context, 'pruning'),
  });
}

/** null where no smaller layer was timed. */
const savedNs = ({ removal }: PruningLayer): number | null => removal && removal.floatNs - removal.prunedNs;

const layerName = (index: ScenarioIndex, { operatorId }: PruningLayer): string => {
  const operator = index.operators.get(operatorId);
  return plainName(operator ? operatorName(index, operator) : operatorId).slice(0, 240);
};

/** Below the name why something was not measured: a column of its own would have no room beside the figures. */
const nameCell = (name: string, reason: string): TemplateResult =>
  html`<span class="table-name" title=${name}>${middleEllipsis(name)}</span>${
      reason === '' ? nothing : html`<span class="table-reason">${reason}</span>`
    }`;

function pruningSentence({ text }: Context, index: ScenarioIndex, best: PruningLayer | null): RichText {
  if (!best?.removal) return richText(text, 'page.pruning.none');
  const { floatNs, prunedNs } = best.removal;
  return richText(text, 'page.pruning.sentence', {
    layer: layerName(index, best),
    factor: decimal(prunedNs / Math.max(1, floatNs), 2),
    before: duration(floatNs),
    after: duration(prunedNs),
  });
}

function pruningTable({ text }: Context, index: ScenarioIndex, layers: readonly PruningLayer[]): TemplateResult {
  const unit = durationUnit(Math.max(1, ...layers.map((layer) => savedNs(layer) ?? 0)));
  const saves = (savingNs: number | null): string => {
    if (savingNs === null) return '–';
    return savingNs > 0 ? inUnit(savingNs, unit, 1) : text('page.pruning.nothing');
  };
  const number = (label: string, wide = false): { label: string; number: boolean; wide: boolean } => ({
    label,
    number: true,
    wide,
  });
  const columns = [
    { label: text('page.quant.column.layer') },
    number(text('page.pruning.zeros')),
    number(text('page.pruning.near'), true),
    number(text('page.pruning.channels')),
    number(text('page.pruning.norms'), true),
    number(text('page.pruning.removed'), true),
    number(text('page.pruning.weight'), true),
    number(text('page.pruning.saves', { unit: unit.label })),
  ];
  const cells = layers.map((layer) => {
    const { min, median, max } = layer.channelNorms;
    return [
      nameCell(layerName(index, layer), layer.reason ? text.message(layer.reason) : ''),
      decimal(layer.zeroShare * 100, 1),
      decimal(layer.nearZeroShare * 100, 1),
      integer(layer.channels),
      [min, median, max].map((norm) => decimal(norm, 2)).join(' · '),
      integer(layer.removal?.channels ?? null),
      layer.removal ? decimal(layer.removal.normShare * 100, 1) : '–',
      saves(savedNs(layer)),
    ];
  });
  return dataTable(text('page.tab.pruning'), columns, cells);
}

export function alternativesView(context: Context, index: ScenarioIndex): TemplateResult {
  const found = alternativesOf(index.report, index.scenario.id);
  return moreView(context, 'alternatives', found && alternativesResult(context, index, found));
}

function alternativesResult(context: Context, index: ScenarioIndex, found: AlternativesSection): TemplateResult {
  const { text } = context;
  const title = text('page.tab.alternatives');
  return viewFrame(context, {
    title,
    sentence: alternativesSentence(context, found),
    evidence: null,
    picture: null,
    table: (rows) => alternativesTable(context, index, found, rows),
    more: again(context, 'alternatives'),
  });
}

function alternativesSentence({ text }: Context, found: AlternativesSection): RichText {
  let best: AlternativeModel | null = null;
  for (const model of found.models)
    if (model.measured && (!best?.measured || model.measured.speedup > best.measured.speedup)) best = model;
  if (!best?.measured) return richText(text, 'page.alternatives.none');
  if (best.measured.speedupInterval[0] <= 1) return richText(text, 'page.alternatives.slower');
  const params = {
    model: plainName(best.path),
    speedup: speedupText(best.measured),
    size: percent(best.fileBytes / Math.max(1, found.fileBytes)),
    answers: answersOf(best, text),
  };
  const agreeing = best.measured.agreement !== null;
  return richText(text, agreeing ? 'page.alternatives.sentenceAgreeing' : 'page.alternatives.sentence', params);
}

const answersOf = ({ measured }: AlternativeModel, text: Context['text']): string =>
  measured ? answersText(measured, text) : text('page.unknown');

function alternativesTable(
  context: Context,
  index: ScenarioIndex,
  found: AlternativesSection,
  rows: number,
): TemplateResult {
  const { text } = context;
  const unit = durationUnit(found.medianNs ?? found.models.find(({ measured }) => measured)?.measured?.modelNs ?? 1e6);
  const size = byteUnit(Math.max(1, found.fileBytes));
  const number = (label: string, wide = false): { label: string; number: boolean; wide: boolean } => ({
    label,
    number: true,
    wide,
  });
  const columns = [
    { label: text('page.alternatives.model') },
    number(text('page.alternatives.latency', { unit: unit.label })),
    number(text('page.quant.column.speedup')),
    number(text('page.quant.column.cosine'), true),
    number(text('page.quant.column.answers')),
    number(text('page.alternatives.parameters'), true),
    number(text('page.quant.column.file', { unit: size.label })),
  ];
  const fileOf = (value: number): string => inUnit(value, size, size.scale === 1 ? 0 : 1);
  const own = [
    text('page.alternatives.this', { file: plainName(context.state.model.fileName) }),
    inUnit(found.medianNs ?? index.scenario.latency?.medianNs ?? null, unit, 2),
    '1',
    '–',
    '–',
    count(found.parameterCount),
    fileOf(found.fileBytes),
  ];
  const others = found.models
    .slice(0, rows)
    .map((model) => [
      nameCell(plainName(model.path).slice(0, 240), model.reason ? text.message(model.reason) : ''),
      inUnit(model.measured?.medianNs ?? null, unit, 2),
      model.measured ? speedupText(model.measured) : '–',
      decimal(model.measured?.cosine ?? null, 4),
      model.measured ? answersOf(model, text) : '–',
      count(model.parameterCount),
      fileOf(model.fileBytes),
    ]);
  return dataTable(text('page.tab.alternatives'), columns, [own, ...others]);
}
