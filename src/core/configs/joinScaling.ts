/** An autoscaler and what it scales are one bill, in one file or over several. */

import type { ServingConfig } from './servingConfig.js';

/** One config of a file. */
export interface PlacedConfig {
  file: string;
  config: ServingConfig;
}

/** The autoscaler that speaks for a workload, with the file in which it stands. */
export interface Scaler {
  file: string;
  config: ServingConfig;
}

/** Of every workload the autoscaler that names it; the first one where two do. */
export function scalersOf(placed: readonly PlacedConfig[]): Map<ServingConfig, Scaler> {
  const scalers = placed.filter(({ config }) => config.scales !== null);
  const found = new Map<ServingConfig, Scaler>();
  for (const { config } of placed) {
    if (config.scales !== null || config.name === null) continue;
    const scaler = scalers.find((each) => scales(each.config, config));
    if (scaler) found.set(config, scaler);
  }
  return found;
}

function scales(scaler: ServingConfig, workload: ServingConfig): boolean {
  if (scaler.scales?.name !== workload.name) return false;
  const kind = scaler.scales.kind ?? 'Deployment';
  const namespace = (config: ServingConfig): string => config.namespace ?? 'default';
  return kind === workload.kind && namespace(scaler) === namespace(workload);
}

/** A workload with the floor and ceiling of its autoscaler. */
export const withScaler = (workload: ServingConfig, scaler: ServingConfig | null): ServingConfig =>
  scaler
    ? {
        ...workload,
        floor: scaler.floor ?? workload.floor,
        ceiling: scaler.ceiling ?? workload.ceiling,
        targetShare: scaler.targetShare ?? workload.targetShare,
        scaledBy: scaler.kind,
      }
    : workload;
