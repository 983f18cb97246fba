/** What the chart of plans draws beside its points: the target, 1×, the front, intervals, letters. */

import type { Plugin } from 'chart.js';
import { integer } from '../../src/format/units.js';
import type { Measured, PlanRow, QuantizationView } from '../../src/format/views/quantization.js';
import type { Context } from '../context.js';
import { computedColor } from '../theme.js';

export interface Point {
  x: number;
  y: number;
  row: PlanRow;
  measured: Measured;
}

export interface Colours {
  text: string;
  faint: string;
  rule: string;
  mark: string;
  good: string;
  page: string;
  band: string;
  family: string;
}

/** The theme's, as they are now. */
export function coloursAt(near: HTMLElement): Colours {
  return {
    text: computedColor(near, 'as-strong'),
    faint: computedColor(near, 'as-faint'),
    rule: computedColor(near, 'as-rule'),
    mark: computedColor(near, 'as-mark'),
    good: computedColor(near, 'as-good'),
    page: computedColor(near, 'as-page'),
    band: computedColor(near, 'as-band'),
    family: getComputedStyle(near).fontFamily,
  };
}

const allPoints = (datasetsOf: readonly { data: unknown[] }[]): Point[] =>
  datasetsOf.flatMap(({ data }) => data as Point[]);

/** 1× and what lies below the target, behind everything; the line along the front. */
export function ground({ text }: Context, view: QuantizationView, colours: Colours): Plugin<'scatter'> {
  return {
    id: 'ground',
    beforeDatasetsDraw: ({ ctx, chartArea, scales, data }) => {
      const { left, right, top, bottom } = chartArea;
      const one = Math.round(scales['x']?.getPixelForValue(1) ?? left) + 0.5;
      ctx.save();
      ctx.font = `11px ${colours.family}`;
      if (!view.synthetic) {
        const target = Math.round(scales['y']?.getPixelForValue(view.targetDb) ?? bottom) + 0.5;
        ctx.fillStyle = colours.band;
        ctx.fillRect(left, target, right - left, Math.max(0, bottom - target));
        ctx.strokeStyle = colours.faint;
        ctx.setLineDash([4, 3]);
        line(ctx, [left, target], [right, target]);
        ctx.fillStyle = colours.faint;
        ctx.fillText(text('page.quant.chart.below', { target: integer(view.targetDb) }), left + 8, target + 14);
      }
      ctx.setLineDash([]);
      ctx.strokeStyle = colours.text;
      line(ctx, [one, top], [one, bottom]);
      ctx.fillStyle = colours.faint;
      ctx.fillText(`${text('page.quant.chart.faster')} ▸`, one + 5, top - 5);
      const slower = `◂ ${text('page.quant.chart.slower')}`;
      const room = one - 5 - ctx.measureText(slower).width;
      if (room > left - 30) ctx.fillText(slower, room, top - 5);
      const front = allPoints(data.datasets)
        .filter(({ row }) => row.onFront && !view.synthetic)
        .sort((a, b) => a.x - b.x);
      ctx.strokeStyle = colours.faint;
      ctx.beginPath();
      for (const [position, { x, y }] of front.entries()) {
        const at = [scales['x']?.getPixelForValue(x) ?? 0, scales['y']?.getPixelForValue(y) ?? 0] as const;
        if (position === 0) ctx.moveTo(...at);
        else ctx.lineTo(...at);
      }
      ctx.stroke();
      ctx.restore();
    },
  };
}

function line(ctx: CanvasRenderingContext2D, from: [number, number], to: [number, number]): void {
  ctx.beginPath();
  ctx.moveTo(...from);
  ctx.lineTo(...to);
  ctx.stroke();
}

/** Intervals, behind the points. */
export function whiskers(colours: Colours): Plugin<'scatter'> {
  return {
    id: 'whiskers',
    beforeDatasetsDraw: ({ ctx, scales, data }) => {
      ctx.save();
      ctx.lineWidth = 1.5;
      for (const { y, measured, row } of allPoints(data.datasets)) {
        ctx.strokeStyle = row.recommended ? colours.good : colours.mark;
        const at = scales['y']?.getPixelForValue(y) ?? 0;
        const [low, high] = measured.speedupInterval.map((end) => scales['x']?.getPixelForValue(end) ?? 0);
        line(ctx, [low ?? 0, at], [high ?? 0, at]);
      }
      ctx.restore();
    },
  };
}

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** The plans' letters, where they meet neither a point nor each other. */
export function letters({ text }: Context, view: QuantizationView, colours: Colours): Plugin<'scatter'> {
  return {
    id: 'letters',
    afterDatasetsDraw: ({ ctx, chartArea, scales, data }) => {
      if (view.synthetic) return;
      const all = allPoints(data.datasets).sort((a, b) => Number(b.row.recommended) - Number(a.row.recommended));
      const at = ({ x, y }: Point): [number, number] => [
        scales['x']?.getPixelForValue(x) ?? 0,
        scales['y']?.getPixelForValue(y) ?? 0,
      ];
      const taken = all.map((point): Box => {
        const [x, y] = at(point);
        return { left: x - 8, right: x + 8, top: y - 7, bottom: y + 7 };
      });
      ctx.save();
      ctx.fillStyle = colours.text;
      for (const point of all) {
        const { letter, recommended } = point.row;
        ctx.font = `${recommended ? '600 ' : ''}12px ${colours.family}`;
        const label = recommended ? text('page.quant.chart.recommended', { letter }) : letter;
        const [x, y] = at(point);
        const box = place([x, y], ctx.measureText(label).width, taken, chartArea);
        taken.push(box);
        ctx.fillText(label, box.left, box.bottom - 3);
      }
      ctx.restore();
    },
  };
}

const LABEL_HEIGHT = 14;

function place([x, y]: [number, number], width: number, taken: readonly Box[], area: Box): Box {
  const at = (left: number, top: number): Box => {
    const inside = Math.min(Math.max(left, area.left + 2), area.right - width);
    return { left: inside, right: inside + width, top, bottom: top + LABEL_HEIGHT };
  };
  const half = width / 2;
  const places = [
    at(x - half, y - 10 - LABEL_HEIGHT),
    at(x - half, y + 9),
    at(x + 12, y - LABEL_HEIGHT / 2),
    at(x - 12 - width, y - LABEL_HEIGHT / 2),
    at(x + 10, y - 22),
    at(x - 10 - width, y + 8),
  ];
  const fits = places.filter(({ top, bottom }) => top >= area.top - 2 && bottom <= area.bottom);
  return fits.find((box) => !taken.some((other) => overlap(box, other))) ?? fits[0] ?? (places[2] as Box);
}

const overlap = (one: Box, other: Box): boolean =>
  one.left < other.right && one.right > other.left && one.top < other.bottom && one.bottom > other.top;
