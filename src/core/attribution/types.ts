/** Which operators of the file each node of the optimised graph runs. */

import type { OperatorFate } from '../../protocol/report.js';

export interface OptimizedNode {
  /** As in the trace. */
  name: string;
  opType: string;
  domain: string;
  /** Path of the nested graph in the optimised graph, '' for the main one. */
  graphPath: string;
  kind: 'compute' | 'layout' | 'copy';
  /** Ids of the operators that it runs; empty only for layout and copy nodes. */
  operatorIds: string[];
}

export interface Attribution {
  nodes: OptimizedNode[];
  /** Every operator of the file, Constant nodes excepted. `notTaken` can only be told from a trace. */
  fates: ReadonlyMap<string, { fate: OperatorFate; node: string | null }>;
}
