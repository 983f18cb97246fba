/** A chart.js drawing on a canvas: made again when what it shows, its room or the theme changes, and only then. */

import {
  Chart,
  LinearScale,
  LineElement,
  PointElement,
  ScatterController,
  Tooltip,
  type ChartConfiguration,
} from 'chart.js';
import { html, noChange, type TemplateResult } from 'lit/html.js';
import { AsyncDirective } from 'lit/async-directive.js';
import { directive, type ElementPart } from 'lit/directive.js';
import { onThemeChange } from '../theme.js';
import { styles } from './styles.js';

Chart.register(ScatterController, PointElement, LineElement, LinearScale, Tooltip);

export interface Drawing {
  /** Changes whenever the drawing must. */
  key: string;
  /** Says in words what the picture shows. */
  label: string;
  height: number;
  /** `near`: where colours and the typeface are read. */
  build: (near: HTMLElement) => ChartConfiguration<'scatter'>;
}

class CanvasDirective extends AsyncDirective {
  private chart: Chart<'scatter'> | null = null;
  private key: string | null = null;
  private stop: (() => void) | null = null;
  private canvas: HTMLCanvasElement | null = null;
  private drawing: Drawing | null = null;

  override render(drawing: Drawing): typeof noChange {
    this.drawing = drawing;
    return noChange;
  }

  override update(part: ElementPart, [drawing]: [Drawing]): typeof noChange {
    this.canvas = part.element as HTMLCanvasElement;
    this.drawing = drawing;
    this.stop ??= onThemeChange(this.draw);
    if (drawing.key !== this.key) {
      this.key = drawing.key;
      // Colours are known once the canvas stands in the page.
      queueMicrotask(this.draw);
    }
    return noChange;
  }

  override disconnected(): void {
    this.stop?.();
    this.stop = null;
    this.chart?.destroy();
    this.chart = null;
    this.key = null;
  }

  private readonly draw = (): void => {
    const { canvas, drawing } = this;
    this.chart?.destroy();
    this.chart = null;
    if (!canvas?.isConnected || !drawing) return;
    this.chart = new Chart(canvas, drawing.build(canvas.parentElement ?? document.body));
  };
}

const onCanvas = directive(CanvasDirective);

export const chart = (drawing: Drawing): TemplateResult =>
  html`<div class="chart-box" ${styles({ height: `${drawing.height}px` })}>
    <canvas role="img" aria-label=${drawing.label} ${onCanvas(drawing)}></canvas>
  </div>`;
