/** What a scenario is compared with: itself on other data, the same on another provider. Plain data of the Report. */

/** normal: the scenario's own inputs. denormals: values below the smallest normal number. large: near the largest. */
export type DataKind = 'normal' | 'zeros' | 'denormals' | 'large';

export interface DataSensitivity {
  kind: DataKind;
  medianNs: number;
  confidenceNs: [number, number];
}

/** Kernels that ran one after the other on one provider. */
export interface ProviderPartition {
  /** As in `Kernel.provider`. */
  provider: string;
  /** Top-level kernels, in the order of execution. */
  kernelIds: string[];
  /** One node that the provider made of many: the time inside is not visible. */
  opaque: boolean;
}

export interface OutputDifference {
  output: string;
  /** null where the outputs have different shapes or are not numbers. */
  maxAbsoluteError: number | null;
  /** 10·log10(Σref²/Σerr²); null where there is no error, no signal, or nothing to compare. */
  sqnrDb: number | null;
  /** Cosine of the angle between the two; null where one of them is zero, or there is nothing to compare. */
  cosine: number | null;
}

export interface ProviderComparison {
  baselineScenarioId: string;
  partitions: ProviderPartition[];
  /** Operators that ran on the CPU instead of the provider. */
  fallbackOperatorIds: string[];
  outputDifference: OutputDifference[];
}
