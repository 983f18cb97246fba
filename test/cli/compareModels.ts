/** A small network in variants, each with one thing changed. */

import { writeFileSync } from 'node:fs';

import { writeModel } from '../../src/core/model/write.js';
import { GraphBuilder } from '../models/builder.js';

export interface Variant {
  /** One Conv has a kernel of 3 × 4 instead of 3 × 3: a third more multiply-accumulates, the same shapes. */
  heavier?: boolean;
  /** Columns of that Conv's kernel, where it is to be much heavier. */
  columns?: number;
  /** What one Conv makes is also an output, so that it cannot be fused with the Relu behind it. */
  unfused?: boolean;
  channels?: number;
  size?: number;
}

export const CHANGED_CONV = '/block2/Conv';

/** Five Conv + Relu. */
export function writeStack(
  file: string,
  { heavier, columns, unfused, channels = 48, size = 40 }: Variant = {},
): string {
  const b = new GraphBuilder({ seed: 5 });
  let x = b.input('image', [1, 3, size, size]);
  let from = 3;
  for (let block = 0; block < 5; block += 1) {
    b.prefix = `/block${block}/`;
    const width = block === 2 ? (columns ?? (heavier === true ? 4 : 3)) : 3;
    const left = Math.floor((width - 1) / 2);
    x = b.add('Conv', [x, b.weight([channels, from, 3, width])], {
      name: `/block${block}/Conv`,
      attributes: {
        dilations: [1, 1],
        group: 1,
        kernel_shape: [3, width],
        pads: [1, left, 1, width - 1 - left],
        strides: [1, 1],
      },
    });
    if (unfused === true && block === 2) b.output(x, [1, channels, size, size]);
    x = b.add('Relu', [x], { name: `/block${block}/Relu` });
    from = channels;
  }
  b.output(x, [1, channels, size, size]);
  writeFileSync(file, writeModel(b.model(), { weights: 'inline' }));
  return file;
}
