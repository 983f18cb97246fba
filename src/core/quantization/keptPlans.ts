/** Models of measured plans, kept in a private folder until their memory is measured. */

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ModelGraph, TensorRef } from '../model/graph.js';
import { writeModel } from '../model/write.js';
import { planFile } from '../common/planFile.js';

/** Of all plans of one call: a temporary folder may lie in memory. */
const MOST_BYTES = 2 ** 30;

export class KeptPlans {
  private bytes = 0;

  constructor(private readonly folder: string) {}

  /** As it would be saved; one that is too large is left out. */
  keep(scenarioId: string, planId: string, model: ModelGraph): void {
    const bytes = model.graph.initializers.reduce((sum, tensor) => sum + sizeOf(tensor), 0);
    if (this.bytes + bytes > MOST_BYTES) return;
    this.bytes += bytes;
    writeFileSync(path.join(this.folder, planFile(scenarioId, planId)), writeModel(model, { weights: 'inline' }));
  }
}

/** Of the elements as they lie in a file or in memory. */
export const sizeOf = ({ storage }: TensorRef): number =>
  storage.kind === 'bytes' ? storage.bytes.length : storage.kind === 'raw' ? storage.range.length : 0;
