/** Which operators of the file each node of the optimised graph runs. */

import type { OperatorFate } from '../../protocol/report.js';

export interface OptimizedNode {
  /** As in the trace; '' where the optimiser gave none (the trace then has `<opType>_<index>`). */
  name: string;
  opType: string;
  domain: string;
  /** Path of the nested graph in the optimised graph (names of nodes and attributes), '' for the main one. */
  graphPath: string;
  /** Name of the If, Loop or Scan node whose body this is in; null in the main graph. */
  parent: string | null;
  kind: 'compute' | 'layout' | 'copy';
  /**
   * Ids of the operators that it runs, in the file's order; empty only for layout and copy nodes. An operator that the
   * runtime splits into several nodes is listed by each of them; its fate names the one that gives its output.
   */
  operatorIds: string[];
  /** For a layout or copy node: the node that it was inserted for. */
  serves: OptimizedNode | null;
}

export interface Fate {
  fate: OperatorFate;
  /** The node that runs it; for a folded duplicate the one that gives its value instead. */
  node: OptimizedNode | null;
}

export interface Attribution {
  /** Parents before what is inside them, graphs in their order. */
  nodes: OptimizedNode[];
  /** Every operator of the file, Constant nodes excepted. `notTaken` can only be told from a trace. */
  fates: ReadonlyMap<string, Fate>;
}
