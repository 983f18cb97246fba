/** Ground of the drawings: a box with margins, ticks, axes. Colours come from the style sheet alone. */

import { svg, type TemplateResult } from 'lit/html.js';

export interface PlotBox {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const WIDEST = 1040;

/** As wide as the page allows; room for labels at the left and below. */
export const plotBox = (pageWidth: number, height: number, leftMargin: number): PlotBox => {
  const width = Math.max(280, Math.min(WIDEST, pageWidth - 32));
  return { width, height, left: leftMargin, right: width - 14, top: 18, bottom: height - 38 };
};

/** Round figures from 0 to `most`, at most `count` steps. */
export function ticks(most: number, count: number): number[] {
  if (!(most > 0) || !Number.isFinite(most)) return [0];
  const rough = most / count;
  const digit = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((one) => one * digit >= rough) ?? 10) * digit;
  return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, position) => position * step);
}

export interface Tick {
  /** In px. */
  at: number;
  label: string;
}

export const xAxis = (box: PlotBox, all: readonly Tick[], title: string): TemplateResult<2> =>
  svg`<line class="axis" x1=${box.left} x2=${box.right} y1=${box.bottom} y2=${box.bottom}></line>
    ${all.map(
      ({ at, label }) =>
        svg`<line class="axis" x1=${at} x2=${at} y1=${box.bottom} y2=${box.bottom + 4}></line>
          <text class="tick" x=${at} y=${box.bottom + 16} text-anchor="middle">${label}</text>`,
    )}
    <text class="tick" x=${box.right} y=${box.bottom + 32} text-anchor="end">${title}</text>`;

export const yAxis = (box: PlotBox, all: readonly Tick[], title: string): TemplateResult<2> =>
  svg`${all.map(
    ({ at, label }) =>
      svg`<line class="grid-rule" x1=${box.left} x2=${box.right} y1=${at} y2=${at}></line>
        <text class="tick" x=${box.left - 6} y=${at + 4} text-anchor="end">${label}</text>`,
  )}
    <text class="tick" x="0" y="10">${title}</text>`;
