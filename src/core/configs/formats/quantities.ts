import { quantityOf } from '../tree/node.js';

/** CPUs of a Kubernetes quantity. */
export const cpuQuantity = (text: string): number | null => quantityOf(text);

/** Whole bytes of a Kubernetes quantity. */
export function byteQuantity(text: string): number | null {
  const value = quantityOf(text);
  return value === null ? null : Math.round(value);
}
