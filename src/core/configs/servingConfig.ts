/** What any serving config says of the bill, whatever its syntax. */

import type { MachineService } from '../cost/prices/table.js';
import type { Located, TextRange } from './tree/node.js';

export type ConfigFormat =
  | 'kubernetes'
  | 'triton'
  | 'kserve'
  | 'compose'
  | 'vllm'
  | 'rayServe'
  | 'bentoml'
  | 'sageMaker'
  | 'azureMl'
  | 'torchServe'
  | 'seldon'
  | 'vertex';

/** What `count` multiplies. pods: packed onto machines. machines: billed as they are. copies: inside one machine. */
export type CountedUnit = 'pods' | 'machines' | 'copies';

export interface ServingConfig {
  format: ConfigFormat;
  /** As the file calls it: `Deployment`, `InferenceService`, `service`. */
  kind: string;
  name: string | null;
  namespace: string | null;
  /** Of the whole object. */
  range: TextRange;
  /** Whose price list the machine's name belongs to. */
  service: MachineService;
  unit: CountedUnit;
  count: Located<number> | null;
  /** The count stands there and cannot be read: a template or an expression makes it. */
  countOpen: boolean;
  /** Copies while idle and at most; from this object or from the autoscaler beside it. */
  floor: Located<number> | null;
  ceiling: Located<number> | null;
  /** What says floor and ceiling where that is another object: `HorizontalPodAutoscaler`. */
  scaledBy: string | null;
  /** Set where this object only scales another one. */
  scales: { kind: string | null; name: string } | null;
  /** Share of use that the autoscaler aims at, 0 to 1. */
  targetShare: Located<number> | null;
  instance: Located<string> | null;
  region: string | null;
  cpuRequest: Located<number> | null;
  cpuLimit: Located<number> | null;
  memoryRequestBytes: Located<number> | null;
  memoryLimitBytes: Located<number> | null;
  /** Billed by the time that requests run, on machines that nobody names: the field that says how large, or the block. */
  serverless: TextRange | null;
  /** Of the other containers of the pod. */
  sidecars: { cpu: number; memoryBytes: number };
  accelerators: Located<number> | null;
  /** Copies of the model inside one pod or machine. */
  sessions: Located<number> | null;
  /** Whether those copies run on a GPU; null where the file leaves it open. */
  sessionsOnGpu: boolean | null;
  threads: Located<number> | null;
  batch: Located<number> | null;
  queueDelayNs: Located<number> | null;
  /** Names of precisions and execution accelerators: figures of the profile do not hold for them. */
  otherRuntimes: Located<string>[];
  /** Paths and addresses of models, the likeliest first. */
  models: Located<string>[];
  /** The model stands beside this file: `NAME/1/model.onnx` beside `config.pbtxt`. */
  modelBeside: boolean;
}

/** An object of which nothing is known yet. */
export const emptyConfig = (format: ConfigFormat, kind: string, range: TextRange): ServingConfig => ({
  format,
  kind,
  name: null,
  namespace: null,
  range,
  service: 'vm',
  unit: 'pods',
  count: null,
  countOpen: false,
  floor: null,
  ceiling: null,
  scaledBy: null,
  scales: null,
  targetShare: null,
  instance: null,
  region: null,
  cpuRequest: null,
  cpuLimit: null,
  memoryRequestBytes: null,
  memoryLimitBytes: null,
  serverless: null,
  sidecars: { cpu: 0, memoryBytes: 0 },
  accelerators: null,
  sessions: null,
  sessionsOnGpu: null,
  threads: null,
  batch: null,
  queueDelayNs: null,
  otherRuntimes: [],
  models: [],
  modelBeside: false,
});
