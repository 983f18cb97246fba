/** Every layer alone, by every method that fits it: its times, and what it does to the model's outputs. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ProfilePhase } from '../../protocol/worker.js';
import type { Runtime, SessionOptions } from '../runtime/port.js';
import type { SampleSet } from './calibrate.js';
import { floatTimes } from './inModel.js';
import { LayerTimer } from './micro.js';
import { fitting } from './plans.js';
import { isProduct } from './rewrite/products.js';
import type { RewriteContext } from './rewrite/rewrite.js';
import type { LayerFigures } from './search.js';
import { type Sensitivity, sweep } from './sensitivity.js';
import { BLOCK_FORMATS, type Layer, type LayerMethod, STATIC_SCHEMES } from './types.js';

export interface TrialConditions extends Pick<SessionOptions, 'threads' | 'optimization'> {
  now: () => number;
  stopRequested: () => boolean;
  progress: (phase: ProfilePhase, done: number, total: number) => void;
}

/** Of float weights, what is read of them in another form, scales included. */
const weightShare = (method: LayerMethod): number => {
  const format = BLOCK_FORMATS[method];
  return format ? format.bits / 32 + 1 / format.blockSize : 0.25;
};

/**
 * Alone a layer's weights are hot in the caches. A product waits for its weights in the model, for fewer bytes the less;
 * a convolution, which uses each weight often, is scaled as its float form is.
 */
function inModelNs(
  layer: Layer,
  method: LayerMethod,
  kernelNs: number,
  { floatNs, aloneNs }: { floatNs: number; aloneNs: number },
): number {
  if (isProduct(layer) && floatNs > aloneNs) return kernelNs + (floatNs - aloneNs) * weightShare(method);
  return kernelNs * Math.min(2, Math.max(0.5, floatNs / Math.max(1, aloneNs)));
}

export class LayerTrials {
  readonly figures = new Map<LayerMethod, LayerFigures[]>();
  /** By method and layer's name; empty until the sweep. */
  readonly sensitivities = new Map<LayerMethod, Map<string, Sensitivity>>();
  /** Outputs that are nearly zero on the samples. */
  readonly silent = new Set<string>();
  /** In the float model, by layer's name. */
  readonly floatNs = new Map<string, number>();
  readonly timer: LayerTimer;
  /** Of the float model. */
  wholeNs = 0;

  constructor(
    private readonly runtime: Runtime,
    private readonly rewriting: RewriteContext,
    private readonly conditions: TrialConditions,
  ) {
    this.timer = new LayerTimer(runtime, rewriting, conditions, conditions.now);
  }

  /** @param shapes of activations. After a stop the layers that were not reached have no figures. */
  async time(
    layers: readonly Layer[],
    methods: readonly LayerMethod[],
    samples: SampleSet,
    shapes: ReadonlyMap<string, readonly number[]>,
  ): Promise<void> {
    const { conditions, runtime, rewriting } = this;
    const float = await floatTimes(runtime, rewriting.model, await samples.feeds(0), conditions, conditions.now);
    this.wholeNs = float.medianNs;
    const { timer } = this;
    for (const [position, layer] of layers.entries()) {
      if (conditions.stopRequested()) return;
      const shape = shapes.get(layer.input) ?? [];
      const alone = await timer.time(layer, shape, null);
      const floatNs = float.byNode.get(layer.name) ?? alone.kernelNs;
      this.floatNs.set(layer.name, floatNs);
      for (const method of methods) {
        if (fitting([layer], method).length === 0) continue;
        const time = await timer.time(layer, shape, method);
        const integer = {
          ...time,
          kernelNs: inModelNs(layer, method, time.kernelNs, { floatNs, aloneNs: alone.kernelNs }),
        };
        this.figures.set(method, [...(this.figures.get(method) ?? []), { layer, floatNs, integer, noise: new Map() }]);
      }
      conditions.progress('layerSpeed', position + 1, layers.length);
    }
  }

  /** Methods whose weights alone change have errors of the whole only: they are not mixed. */
  async sweepAll(samples: SampleSet): Promise<void> {
    for (const [method, figures] of this.figures)
      if (STATIC_SCHEMES[method] !== undefined || method === 'dynamicInt8')
        await this.sweepOne(method, figures, samples);
  }

  private async sweepOne(method: LayerMethod, figures: readonly LayerFigures[], samples: SampleSet): Promise<void> {
    const { threads, progress, stopRequested } = this.conditions;
    const layers = figures.map(({ layer }) => layer);
    const found = await sweep(this.runtime, this.rewriting, layers, samples, {
      method,
      threads,
      tick: async (done, total) => {
        progress('sensitivity', done, total);
        await nextTurn();
        return stopRequested();
      },
    });
    for (const figure of figures) this.take(method, figure, found.get(figure.layer.name));
  }

  private take(method: LayerMethod, figure: LayerFigures, found: Sensitivity | undefined): void {
    if (!found) return;
    figure.noise = found.model.noise;
    for (const output of found.model.silent) this.silent.add(output);
    const known = this.sensitivities.get(method) ?? new Map<string, Sensitivity>();
    this.sensitivities.set(method, known.set(figure.layer.name, found));
  }
}
