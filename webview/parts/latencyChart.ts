/** The distribution as a drawing: bars, the interval of the median, marks at the percentiles. */

import { BarController, BarElement, Chart, LinearScale, type ChartConfiguration, type Plugin } from 'chart.js';
import { html, type TemplateResult } from 'lit/html.js';
import { ref } from 'lit/directives/ref.js';
import type { Text } from '../../src/format/text/text.js';
import { decimal, durationUnit, type Unit } from '../../src/format/units.js';
import type { Histogram, LatencyView } from '../../src/format/views/latency.js';
import { computedColor, onThemeChange } from '../theme.js';

Chart.register(BarController, BarElement, LinearScale);

interface Drawing {
  bins: Histogram;
  latency: LatencyView;
  label: string;
  text: Text;
  /** Still measuring: no interval is drawn. */
  draft: boolean;
}

interface Mark {
  at: number;
  label: string;
  solid: boolean;
}

interface Shown {
  chart: Chart;
  stop: () => void;
  samples: readonly number[];
}

const shown = new WeakMap<HTMLCanvasElement, Shown>();
let last: HTMLCanvasElement | null = null;

export function latencyChart(drawing: Drawing): TemplateResult {
  const attach = (element?: Element): void => {
    if (!(element instanceof HTMLCanvasElement)) {
      if (last) release(last);
      last = null;
      return;
    }
    last = element;
    const before = shown.get(element);
    if (
      before?.samples.length === drawing.latency.samplesNs.length &&
      before.samples[0] === drawing.latency.samplesNs[0]
    )
      return;
    release(element);
    const draw = (): void => {
      shown.get(element)?.chart.destroy();
      const chart = new Chart(element, configuration(element, drawing));
      shown.set(element, { chart, stop, samples: drawing.latency.samplesNs });
    };
    const stop = onThemeChange(draw);
    draw();
  };
  return html`<div class="chart"><canvas role="img" aria-label=${drawing.label} ${ref(attach)}></canvas></div>`;
}

function release(canvas: HTMLCanvasElement): void {
  const entry = shown.get(canvas);
  entry?.stop();
  entry?.chart.destroy();
  shown.delete(canvas);
}

function marksOf({ latency, text }: Drawing, unit: Unit): Mark[] {
  const marks: Mark[] = [{ at: latency.medianNs / unit.scale, label: text('page.latency.median'), solid: true }];
  for (const { name, valueNs } of latency.percentiles)
    if (valueNs !== null) marks.push({ at: valueNs / unit.scale, label: name, solid: false });
  return marks;
}

function configuration(
  canvas: HTMLCanvasElement,
  drawing: Drawing,
): ChartConfiguration<'bar', { x: number; y: number }[]> {
  const near = canvas.parentElement ?? document.body;
  const { bins, latency } = drawing;
  const unit = durationUnit(latency.medianNs);
  const low = bins.lowNs / unit.scale;
  const high = (bins.lowNs + bins.binNs * bins.counts.length) / unit.scale;
  const faint = computedColor(near, 'as-faint');
  const style = getComputedStyle(near);
  const data = bins.counts.map((count, position) => ({
    x: (bins.lowNs + (position + 0.5) * bins.binNs) / unit.scale,
    y: count,
  }));
  return {
    type: 'bar',
    data: {
      datasets: [
        {
          data,
          backgroundColor: computedColor(near, 'as-bar'),
          barPercentage: 0.96,
          categoryPercentage: 1,
          grouped: false,
        },
      ],
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      events: [],
      layout: { padding: { top: 16 } },
      scales: {
        x: {
          type: 'linear',
          min: low,
          max: high,
          offset: false,
          grid: { drawOnChartArea: false, tickLength: 3, color: faint },
          border: { color: faint },
          ticks: {
            color: faint,
            font: { family: style.fontFamily, size: 11 },
            maxTicksLimit: 7,
            padding: 0,
            maxRotation: 0,
            includeBounds: false,
            callback: (value, position, ticks) => {
              const figure = tickText(Number(value), high - low);
              return position === ticks.length - 1 ? `${figure} ${unit.label}` : figure;
            },
          },
        },
        y: { display: false, beginAtZero: true },
      },
    },
    plugins: [marksPlugin(drawing, unit, near)],
  };
}

const tickText = (value: number, span: number): string => decimal(value, span < 1 ? 2 : span < 5 ? 1 : 0);

/** Interval behind the bars; lines and their names above, left out where they would meet. */
function marksPlugin(drawing: Drawing, unit: Unit, near: HTMLElement): Plugin<'bar'> {
  const strong = computedColor(near, 'as-strong');
  const band = computedColor(near, 'as-band');
  const family = getComputedStyle(near).fontFamily;
  return {
    id: 'marks',
    beforeDatasetsDraw: ({ ctx, chartArea, scales }) => {
      const [low, high] = drawing.latency.confidenceNs;
      const from = scales.x?.getPixelForValue(low / unit.scale) ?? 0;
      const to = scales.x?.getPixelForValue(high / unit.scale) ?? 0;
      if (drawing.draft || drawing.latency.errorNs === null) return;
      ctx.fillStyle = band;
      ctx.fillRect(
        Math.max(from, chartArea.left),
        chartArea.top,
        Math.max(1, to - from),
        chartArea.bottom - chartArea.top,
      );
    },
    afterDatasetsDraw: ({ ctx, chartArea, scales }) => {
      ctx.save();
      ctx.font = `11px ${family}`;
      let free = 0;
      for (const mark of marksOf(drawing, unit)) {
        const x = Math.round(scales.x?.getPixelForValue(mark.at) ?? 0) + 0.5;
        if (x < chartArea.left || x > chartArea.right) continue;
        ctx.strokeStyle = strong;
        ctx.fillStyle = strong;
        ctx.setLineDash(mark.solid ? [] : [3, 2]);
        ctx.beginPath();
        ctx.moveTo(x, chartArea.top - 1);
        ctx.lineTo(x, chartArea.bottom);
        ctx.stroke();
        const width = ctx.measureText(mark.label).width;
        const start = Math.min(Math.max(x - width / 2, 0), chartArea.right - width);
        if (start < free) continue;
        ctx.fillText(mark.label, start, 10);
        free = start + width + 4;
      }
      ctx.restore();
    },
  };
}
