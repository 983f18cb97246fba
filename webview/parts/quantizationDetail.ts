/** Under an open layer: every method that was tried on it. */

import { html, nothing, type TemplateResult } from 'lit/html.js';
import { decimal, durationUnit, inUnit } from '../../src/format/units.js';
import { methodName } from '../../src/format/views/quantization.js';
import type { LayerRow } from '../../src/format/views/quantizationLayers.js';
import type { ScenarioIndex } from '../../src/format/views/scenarioIndex.js';
import { linkButton } from '../controls/button.js';
import { dataTable } from '../controls/dataTable.js';
import type { Context } from '../context.js';
import { kernelIdOf, showKernel } from './quantizationLayers.js';

export function layerDetail(context: Context, index: ScenarioIndex, row: LayerRow, columns: number): TemplateResult {
  const { text } = context;
  const hasKernel = kernelIdOf(index, row) !== null;
  return html`<tr class="quant-detail" role="row" aria-level="2">
    <td role="gridcell" colspan=${columns}>
      ${row.layer.trials.length === 0 ? nothing : trials(context, row)}
      <p>
        ${row.layer.trials.length === 0 ? text('page.quant.detail.nothing', { reason: row.reason }) : row.reason}
        ${row.layer.nearlyZero === true ? text('page.quant.detail.nearlyZero') : ''}
        ${
          hasKernel
            ? linkButton({
                label: text('page.quant.detail.showKernel'),
                onClick: () => {
                  showKernel(context, index, row);
                },
              })
            : nothing
        }
      </p>
    </td>
  </tr>`;
}

function trials({ text }: Context, row: LayerRow): TemplateResult {
  const { trials: all } = row.layer;
  const unit = durationUnit(
    Math.max(1, ...all.map(({ floatNs, candidateNs }) => Math.max(floatNs ?? 0, candidateNs ?? 0))),
  );
  const withLayer = all.some(({ layerSqnrDb }) => layerSqnrDb != null);
  const decibels = (value: number | null | undefined): string =>
    value == null ? text('page.unknown') : decimal(value, 1);
  const head = (label: string, wide = false): { label: string; number: boolean; wide: boolean } => ({
    label,
    number: true,
    wide,
  });
  const heads = [
    { label: text('page.quant.detail.method') },
    head(text('page.quant.column.float', { unit: unit.label })),
    head(text('page.quant.column.int8', { unit: unit.label })),
    head(text('page.quant.detail.with', { unit: unit.label }), true),
    head(text('page.quant.column.alone')),
    head(text('page.quant.column.cosine'), true),
    ...(withLayer ? [head(text('page.quant.detail.layerSqnr'), true)] : []),
  ];
  const cells = all.map((trial) => [
    methodName(trial.method, text),
    inUnit(trial.floatNs, unit, 2),
    inUnit(trial.kernelNs ?? null, unit, 2),
    inUnit(trial.candidateNs, unit, 2),
    decibels(trial.sqnrDb),
    trial.cosine === null ? text('page.unknown') : decimal(trial.cosine, 4),
    ...(withLayer ? [decibels(trial.layerSqnrDb)] : []),
  ]);
  return dataTable(text('page.quant.detail.trials', { layer: row.name.slice(0, 200) }), heads, cells);
}
