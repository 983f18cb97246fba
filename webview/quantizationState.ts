/** What the page itself keeps of the view of quantization. */

import { LAYER_SORTS, type LayerSort } from '../src/format/views/quantizationLayers.js';

export interface QuantizationUi {
  /** Another target than the trial had. */
  targetDb: number | null;
  /** The plan whose layers are shown; null for the recommended one. */
  planId: string | null;
  sort: LayerSort;
  descending: boolean;
  filter: string;
  showAll: boolean;
  /** Operator ids of open rows. */
  expanded: string[];
}

export const INITIAL_QUANTIZATION: QuantizationUi = {
  targetDb: null,
  planId: null,
  sort: 'saved',
  descending: true,
  filter: '',
  showAll: false,
  expanded: [],
};

/** Reads what was kept, perhaps by another version. */
export function restoreQuantization(kept: unknown): QuantizationUi {
  if (typeof kept !== 'object' || kept === null) return INITIAL_QUANTIZATION;
  const from = kept as Partial<Record<keyof QuantizationUi, unknown>>;
  const { targetDb, planId, filter, expanded } = from;
  return {
    targetDb: typeof targetDb === 'number' && targetDb >= 0 && targetDb <= 200 ? targetDb : null,
    planId: typeof planId === 'string' ? planId.slice(0, 256) : null,
    sort: LAYER_SORTS.find((one) => one === from.sort) ?? INITIAL_QUANTIZATION.sort,
    descending: from.descending !== false,
    filter: typeof filter === 'string' ? filter.slice(0, 500) : '',
    showAll: from.showAll === true,
    expanded: Array.isArray(expanded)
      ? expanded.filter((id): id is string => typeof id === 'string').slice(0, 200)
      : [],
  };
}
