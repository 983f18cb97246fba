import type { Text } from '../../../format/text/text.js';
import type { Report } from '../../../protocol/report.js';
import type { ServingSettings } from '../../../protocol/settings.js';
import type { PriceTable } from '../../cost/prices/table.js';

/** The stored report of a model, and whether its file is another one by now. */
export interface ProfiledModel {
  /** Absolute. */
  path: string;
  report: Report;
  stale: boolean;
}

export type ModelState = { kind: 'profiled'; model: ProfiledModel } | { kind: 'unprofiled'; path: string | null };

/** What all hints of a file are made from, besides the file. Nothing in here is asked for while they are made. */
export interface HintContext {
  text: Text;
  serving: ServingSettings;
  /** The project's prices, with the workspace's. */
  prices: PriceTable;
  /** The file, for the names of fields as they are written. */
  sourceText: string;
  now: Date;
}

export const DEFAULT_PERCENTILE = 95;
export const DEFAULT_HEADROOM_PERCENT = 30;
