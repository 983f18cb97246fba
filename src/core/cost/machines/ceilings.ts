/** How fast a machine of the price list may be: ranges, since its processor's architecture says only so much. */

import type { Range } from '../../../protocol/cost.js';
import type { Cpu } from './cpus.js';

/** What arithmetic and memory allow on one machine, with every core. */
export interface MachineCeilings {
  cores: number;
  flopPerSecond: Range;
  bytesPerSecond: Range;
  clockGHz: Range;
}

/** Of the arithmetic peak, what large products reach through the runtime. */
const ARITHMETIC_EFFICIENCY: Range = [0.5, 0.95];
/** Of a socket's memory speed, what copies reach. */
const MEMORY_EFFICIENCY: Range = [0.65, 0.9];
/** What one busy core draws from memory at most when its neighbours are idle. */
const MOST_BYTES_OF_CORE = 14e9;
/** Per core, where the socket's speed is not known. */
const UNKNOWN_BYTES_OF_CORE: Range = [5e9, 14e9];

/** Memory speed is shared: its share at least, and what idle neighbours leave at most. */
function bytesPerSecond(cpu: Cpu, cores: number): Range {
  const { socketBytesPerSecond: socket, socketCores } = cpu;
  if (socket === null || socketCores === null)
    return [UNKNOWN_BYTES_OF_CORE[0] * cores, UNKNOWN_BYTES_OF_CORE[1] * cores];
  const share = (socket * Math.min(cores, socketCores)) / socketCores;
  const most = Math.min(socket, Math.max(share, MOST_BYTES_OF_CORE * cores));
  return [share * MEMORY_EFFICIENCY[0], most * MEMORY_EFFICIENCY[1]];
}

function ofCpu(cpu: Cpu, vcpus: number): MachineCeilings {
  // A virtual CPU alone is a thread of a core.
  const cores = Math.max(cpu.coresPerVcpu, vcpus * cpu.coresPerVcpu);
  const peak = (clockGHz: number): number => cores * clockGHz * 1e9 * cpu.flopPerCycle;
  return {
    cores,
    flopPerSecond: [peak(cpu.clockGHz[0]) * ARITHMETIC_EFFICIENCY[0], peak(cpu.clockGHz[1]) * ARITHMETIC_EFFICIENCY[1]],
    bytesPerSecond: bytesPerSecond(cpu, cores),
    clockGHz: cpu.clockGHz,
  };
}

/** Over every processor that the machine may have. null: nothing is known of it. */
export function ceilingsOf(cpus: readonly Cpu[], vcpus: number | null): MachineCeilings | null {
  if (vcpus === null || !(vcpus > 0)) return null;
  return cpus
    .map((cpu) => ofCpu(cpu, vcpus))
    .reduce<MachineCeilings | null>(
      (all, one) =>
        all && {
          cores: Math.min(all.cores, one.cores),
          flopPerSecond: wider(all.flopPerSecond, one.flopPerSecond),
          bytesPerSecond: wider(all.bytesPerSecond, one.bytesPerSecond),
          clockGHz: wider(all.clockGHz, one.clockGHz),
        },
      cpus[0] ? ofCpu(cpus[0], vcpus) : null,
    );
}

const wider = (one: Range, other: Range): Range => [Math.min(one[0], other[0]), Math.max(one[1], other[1])];
