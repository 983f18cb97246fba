import type { CommonFlags } from './flags.js';

export interface HintsFlags extends CommonFlags {
  md?: string;
  rate?: number;
  targetMs?: number;
}
