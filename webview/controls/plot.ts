/** Ground of the drawings: a box with margins, ticks, axes. Colours come from the style sheet alone. */

import { html, nothing, svg, type TemplateResult } from 'lit/html.js';
import { decimal, decimalsFor, durationUnit } from '../../src/format/units.js';

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

export interface Axis {
  ticks: readonly Tick[];
  /** Unit or quantity; '' for none. */
  title: string;
}

export interface Plot {
  box: PlotBox;
  /** Says in words what the picture shows. */
  label: string;
  /** null: rows with names of their own. */
  y: Axis | null;
  x: Axis;
  /** What is drawn, between the grid and the lower axis. */
  marks: unknown;
  /** Its marks are stops of the keyboard. */
  walked?: boolean;
}

/** The frame of every drawing: grid and figures at the left, what is shown, the axis below. */
export const plot = ({ box, label, y, x, marks, walked = false }: Plot): TemplateResult =>
  html`<svg
    class="plot"
    width=${box.width}
    height=${box.height}
    viewBox="0 0 ${box.width} ${box.height}"
    role=${walked ? 'group' : 'img'}
    ?data-roving=${walked}
    aria-label=${label}
  >
    ${y ? yAxis(box, y) : nothing} ${marks} ${xAxis(box, x)}
  </svg>`;

/** Where a value lies between 0 at the left and `most` at the right, in px. */
export const across =
  ({ left, right }: PlotBox, most: number) =>
  (value: number): number =>
    left + (value / most) * (right - left);

/** Where a value lies between 0 at the bottom and `most` at the top, in px. */
export const upwards =
  ({ top, bottom }: PlotBox, most: number) =>
  (value: number): number =>
    bottom - (value / most) * (bottom - top);

/** Round times up to `mostNs` in their unit, which is the axis' title. */
export function durationAxis(mostNs: number, count: number, at: (ns: number) => number): Axis {
  const unit = durationUnit(mostNs);
  const label = (value: number): string => decimal(value, value % 1 === 0 ? 0 : decimalsFor(value));
  return {
    title: unit.label,
    ticks: ticks(mostNs / unit.scale, count).map((value) => ({ at: at(value * unit.scale), label: label(value) })),
  };
}

/** Corners of a line or an area, as SVG writes them. */
export const corners = (points: readonly (readonly [x: number, y: number])[]): string =>
  points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');

/** From one end of an interval to the other. */
export const whisker = (x: number, top: number, bottom: number): TemplateResult<2> =>
  svg`<line class="whisker" x1=${x} x2=${x} y1=${top} y2=${bottom}></line>`;

/** A value that stands out, with what it is beside its upper end. */
export const upright = (box: PlotBox, x: number, label: string): TemplateResult<2> =>
  svg`<line class="peak" x1=${x} x2=${x} y1=${box.top} y2=${box.bottom}></line>
    <text class="tick strong" x=${x - 6} y=${box.top + 10} text-anchor="end">${label}</text>`;

const xAxis = (box: PlotBox, { ticks: all, title }: Axis): TemplateResult<2> =>
  svg`<line class="axis" x1=${box.left} x2=${box.right} y1=${box.bottom} y2=${box.bottom}></line>
    ${all.map(
      ({ at, label }) =>
        svg`<line class="axis" x1=${at} x2=${at} y1=${box.bottom} y2=${box.bottom + 4}></line>
          <text class="tick" x=${at} y=${box.bottom + 16} text-anchor="middle">${label}</text>`,
    )}
    <text class="tick" x=${box.right} y=${box.bottom + 32} text-anchor="end">${title}</text>`;

const yAxis = (box: PlotBox, { ticks: all, title }: Axis): TemplateResult<2> =>
  svg`${all.map(
    ({ at, label }) =>
      svg`<line class="grid-rule" x1=${box.left} x2=${box.right} y1=${at} y2=${at}></line>
        <text class="tick" x=${box.left - 6} y=${at + 4} text-anchor="end">${label}</text>`,
  )}
    <text class="tick" x="0" y="10">${title}</text>`;
