import type { Latency, LatencyRound } from '../../../protocol/report.js';

export const keptRounds = ({ rounds }: Latency): LatencyRound[] =>
  rounds.filter(({ kept, samplesNs }) => kept && samplesNs.length > 0);
