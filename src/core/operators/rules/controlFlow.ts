/**
 * If, Loop and Scan compute nothing themselves; their bodies' nodes have costs of their own. A total counts a Loop's or
 * Scan's body times its trips, and of an If the branch that a constant condition chooses, else the larger one (with a
 * warning). Shapes come from the bodies: see `bodies.ts`.
 */

import { type OperatorRule, rules } from '../rule.js';
import { needsValue } from '../shapes.js';

export const controlFlowRules: OperatorRule[] = rules('If Loop Scan', {
  shapes: () => needsValue(),
  readBytes: () => 0,
  writtenBytes: () => 0,
});
