/** The one headline figure, its interval, its distribution, its percentiles. */

import { html, nothing, type TemplateResult } from 'lit/html.js';
import {
  aboutDuration,
  decimal,
  decimalsFor,
  duration,
  durationUnit,
  integer,
  inUnit,
} from '../../src/format/units.js';
import { latencyFacts } from '../../src/format/views/facts.js';
import {
  histogram,
  latencyView,
  type Histogram,
  type LatencyView,
  type Percentile,
} from '../../src/format/views/latency.js';
import { profilingRun } from '../../src/format/views/progress.js';
import type { ScenarioIndex } from '../../src/format/views/scenarioIndex.js';
import { iconButton, linkButton } from '../controls/button.js';
import { factList } from '../controls/facts.js';
import type { Context } from '../context.js';
import { howButton } from './how.js';
import { latencyChart } from './latencyChart.js';

const BINS = 17;
/** A distribution of fewer runs shows nothing. */
const FEWEST_DRAWN = 5;

export function latencyBlock(context: Context, index: ScenarioIndex): TemplateResult {
  const { text, state } = context;
  const latency = latencyView(index);
  return html`<section id="latency" class="rail-block" aria-labelledby="latency-title">
    <div class="rail-head">
      <h2 id="latency-title">${text('page.latency')}</h2>
      ${profilingRun(state.run) && latency ? html`<span class="faint">${text('page.latency.soFar')}</span>` : nothing}
      <span class="spring"></span>
      ${latency && !profilingRun(state.run) ? howButton(context, 'latency', text('page.latency'), false) : nothing}
    </div>
    ${latency ? measured(context, index, latency) : html`<p class="note">${text('page.latency.waiting')}</p>`}
  </section>`;
}

function measured(context: Context, index: ScenarioIndex, latency: LatencyView): TemplateResult {
  const { text, state } = context;
  const draft = profilingRun(state.run) !== null || latency.errorNs === null;
  const unit = durationUnit(latency.medianNs);
  const scaled = latency.medianNs / unit.scale;
  const figure = draft
    ? text('page.latency.about', { time: aboutDuration(latency.medianNs) })
    : `${decimal(scaled, decimalsFor(scaled))} ${unit.label}`;
  return html`<div class="figure">
      <span class="figure-value">${figure}</span>
      ${
        draft
          ? nothing
          : html`<span class="figure-error"
              >±
              ${inUnit(latency.errorNs, unit, Math.max(decimalsFor(scaled), (latency.errorNs ?? 0) / unit.scale < 0.1 ? 2 : 0))}</span
            >`
      }
      <span class="spring"></span>${latency.runs < FEWEST_DRAWN ? nothing : chartToggle(context)}
    </div>
    <p class="note">${basis(context, latency)}</p>
    ${distribution(context, latency)}
    <dl class="facts">${latency.percentiles.map((one) => percentile(context, one))}</dl>
    ${longer(context, latency)} ${factList(latencyFacts(index, text))}`;
}

function basis({ text, state }: Context, latency: LatencyView): string {
  const runs = integer(latency.runs);
  if (profilingRun(state.run)) return text('page.latency.medianRunning', { runs });
  if (latency.errorNs === null) return text('page.latency.medianDraft', { runs });
  return text('page.latency.medianOf', { runs, rounds: integer(latency.rounds) });
}

function percentile({ text, state }: Context, { name, valueNs, missingRuns }: Percentile): TemplateResult {
  const value =
    valueNs === null
      ? text.plural('page.latency.needsRuns', missingRuns)
      : profilingRun(state.run)
        ? text('page.latency.valueSoFar', { time: duration(valueNs) })
        : duration(valueNs);
  return html`<div class="fact">
    <dt>${name}</dt>
    <dd class=${valueNs === null ? 'faint' : ''}>${value}</dd>
  </div>`;
}

function longer(context: Context, latency: LatencyView): TemplateResult | typeof nothing {
  const { text, actions, live, state } = context;
  const { longerSeconds } = latency;
  if (!live || longerSeconds === null || state.run) return nothing;
  return html`<p class="right">
    ${linkButton({
      id: 'measure-longer',
      label: text('page.latency.longer', { seconds: integer(longerSeconds) }),
      onClick: () => {
        actions.post({ type: 'measureLonger', budgetSeconds: longerSeconds });
      },
    })}
  </p>`;
}

function distribution(context: Context, latency: LatencyView): TemplateResult | typeof nothing {
  const { text, ui, state } = context;
  const bins = histogram(latency.samplesNs, BINS);
  if (!bins || latency.runs < FEWEST_DRAWN) return nothing;
  const highNs = bins.lowNs + bins.binNs * bins.counts.length;
  const label = text('page.latency.chart', {
    runs: integer(latency.runs),
    low: duration(bins.lowNs),
    high: duration(highNs),
    median: duration(latency.medianNs),
  });
  return html`<div class="chart-box">
      ${ui.chartAsTable ? binTable(context, bins) : latencyChart({ bins, latency, label, text, draft: profilingRun(state.run) !== null })}
    </div>
    ${
      bins.above > 0
        ? html`<p class="note">${text.plural('page.latency.above', bins.above, { limit: duration(highNs) })}</p>`
        : nothing
    }`;
}

function chartToggle({ text, ui, actions }: Context): TemplateResult {
  return iconButton({
    id: 'chart-toggle',
    className: 'chart-toggle',
    icon: ui.chartAsTable ? 'graph' : 'table',
    label: text(ui.chartAsTable ? 'page.latency.asChart' : 'page.latency.asTable'),
    onClick: () => {
      actions.change({ chartAsTable: !ui.chartAsTable });
    },
  });
}

function binTable({ text }: Context, bins: Histogram): TemplateResult {
  const unit = durationUnit(bins.lowNs + bins.binNs);
  const decimals = bins.binNs / unit.scale < 0.1 ? 2 : 1;
  const edge = (position: number): string => inUnit(bins.lowNs + position * bins.binNs, unit, decimals);
  return html`<table class="plain-table">
    <thead>
      <tr>
        <th scope="col" class="number">${text('page.latency.from')} (${unit.label})</th>
        <th scope="col" class="number">${text('page.latency.to')}</th>
        <th scope="col" class="number">${text('page.latency.runs')}</th>
      </tr>
    </thead>
    <tbody>
      ${bins.counts.map((count, position) =>
        count === 0
          ? nothing
          : html`<tr>
              <td class="number">${edge(position)}</td>
              <td class="number">${edge(position + 1)}</td>
              <td class="number">${integer(count)}</td>
            </tr>`,
      )}
    </tbody>
  </table>`;
}
