/** Behind "More": devices at the edge, energy and carbon, the share of the training. */

import { html, nothing, svg, type TemplateResult } from 'lit/html.js';
import { decimal } from '../../src/format/units.js';
import { answerOption } from '../../src/format/views/costAnswer.js';
import { EDGE_HEADINGS, edgeCells, edgeNote } from '../../src/format/views/costEdge.js';
import { energyFacts, energyNotes } from '../../src/format/views/costEnergy.js';
import { rangeText, rateText, usd } from '../../src/format/views/money.js';
import { plainName } from '../../src/format/views/names.js';
import type { CostSection, EdgeOption, Range } from '../../src/protocol/cost.js';
import { dataTable } from '../controls/dataTable.js';
import { factList } from '../controls/facts.js';
import { across, corners, plot, plotBox, ticks, upwards } from '../controls/plot.js';
import type { Context } from '../context.js';

const MONTHS_DRAWN = 36;
/** Names of the lines at their right ends. */
const LABELS_WIDTH = 90;
const short = (value: number): string => rateText(value);

export function costMore(context: Context, section: CostSection): TemplateResult {
  const { text } = context;
  return html`<details class="cost-more">
    <summary>${text('page.cost.more')}</summary>
    ${edge(context, section)}
    <div class="cost-pair">${energy(context, section)} ${training(context, section)}</div>
  </details>`;
}

function edge(context: Context, section: CostSection): TemplateResult | typeof nothing {
  const { text } = context;
  const [first] = section.edge;
  if (!first) return nothing;
  const columns = EDGE_HEADINGS.map((heading, at) => ({
    label: text(heading),
    ...(at === 0 ? {} : { number: true }),
    ...(heading === 'page.cost.edge.watts' || heading === 'page.cost.edge.share' ? { wide: true } : {}),
  }));
  const cells = section.edge.slice(0, 20).map((device) => edgeCells(device, text));
  const drawn = section.edge.find(({ breakEvenMonths }) => breakEvenMonths !== null);
  return html`<section aria-label=${text('page.cost.edge')}>
    <h2>${text('page.cost.edge')}</h2>
    ${dataTable(text('page.cost.edge'), columns, cells)}
    <p class="note">${edgeNote(first, text)}</p>
    ${drawn ? breakEvenChart(context, section, drawn) : nothing}
  </section>`;
}

/** Money spent by each month: a purchase and its electricity against the cloud's bill. */
function breakEvenChart(context: Context, section: CostSection, device: EdgeOption): TemplateResult | typeof nothing {
  const { text } = context;
  const option = answerOption(section);
  const cloud: Range | null =
    option?.ranges?.usdPerMonth ?? (option?.usdPerMonth == null ? null : [option.usdPerMonth, option.usdPerMonth]);
  if (!cloud || !device.energyUsdPerMonth || device.devices === null) return nothing;
  const bought = device.priceUsd * device.devices;
  const [restLow, restHigh] = device.restUsdPerMonth ?? [0, 0];
  const other = (device.otherUsdPerMonth ?? 0) * device.devices + (restLow + restHigh) / 2;
  const months = Math.min(MONTHS_DRAWN, Math.max(6, Math.ceil((device.breakEvenMonths?.[1] ?? 12) * 2)));
  const most = Math.max(cloud[1] * months, bought + (device.energyUsdPerMonth[1] + other) * months) * 1.05;
  const box = plotBox(Math.min(context.width, 720), 220, 56);
  const x = across({ ...box, right: box.right - LABELS_WIDTH }, months);
  const y = upwards(box, most);
  const line = (start: number, perMonth: number): string =>
    corners([
      [x(0), y(start)],
      [x(months), y(start + perMonth * months)],
    ]);
  const [low, high] = device.energyUsdPerMonth;
  const running = (low + high) / 2 + other;
  return html`<h2>${text('page.cost.chart.edge')}</h2>
    ${plot({
      box,
      label: text('page.cost.chart.edgeName', {
        device: plainName(device.name),
        months,
        when: rangeText(device.breakEvenMonths, short),
      }),
      y: { title: '', ticks: ticks(most, 4).map((value) => ({ at: y(value), label: usd(value) })) },
      x: {
        title: text('page.cost.chart.months'),
        ticks: ticks(months, 6).map((value) => ({ at: x(value), label: decimal(value, 0) })),
      },
      marks: svg`<polyline class="curve" points=${line(bought, running)}></polyline>
        ${cloud.map((perMonth) => svg`<polyline class="cost-line" points=${line(0, perMonth)}></polyline>`)}
        <text x=${x(months) + 6} y=${y(bought + running * months) + 4}>${text('page.cost.edge')}</text>
        <text x=${x(months) + 6} y=${y(cloud[1] * months) + 4}>${text('page.cost.chart.cloud')}</text>`,
    })}`;
}

function energy({ text }: Context, { energy: known, unit = 'call' }: CostSection): TemplateResult {
  const title = text('page.cost.energy');
  if (!known)
    return html`<section aria-label=${title}>
      <h2>${title}</h2>
      <p class="faint">${text('page.cost.energy.none')}</p>
    </section>`;
  return html`<section aria-label=${title}>
    <h2>${title}</h2>
    ${factList(energyFacts(known, unit, text).map((fact) => ({ ...fact, title: null })))}
    <p class="note">${energyNotes(known, text)}</p>
  </section>`;
}

function training({ text }: Context, { training: share, unit = 'call' }: CostSection): TemplateResult {
  const title = text('page.cost.training');
  if (!share)
    return html`<section aria-label=${title}>
      <h2>${title}</h2>
      <p class="faint">${text('page.cost.training.none')}</p>
    </section>`;
  const facts = [
    {
      label: text('page.cost.training.hours'),
      value: `${rangeText(share.acceleratorHours, short)} · ${plainName(share.accelerator)}`,
    },
    { label: text('page.cost.training.usd'), value: rangeText(share.usd, usd) },
    {
      label: text('page.cost.training.perMillion', { unit: text(`page.cost.unit.${unit}`) }),
      value: rangeText(share.usdPerMillion, usd),
    },
  ];
  return html`<section aria-label=${title}>
    <h2>${title}</h2>
    ${factList(facts.map((fact) => ({ ...fact, title: null })))}
    <p class="note">${share.notes.map((note) => text.message(note)).join(' ')}</p>
  </section>`;
}
