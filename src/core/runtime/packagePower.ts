/**
 * Energy of the processor packages by their running counters (RAPL), as Linux shows them: Intel's and AMD's alike under
 * `powercap`. Most systems let only the administrator read them; then there is no figure, and nothing is said.
 */

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import type { PackagePower } from '../../protocol/report.js';

/** Of one interval; what a few of them come to is told by `packagePower`. */
export interface EnergyReading {
  /** Of each package. */
  microjoules: readonly number[];
  elapsedNs: number;
}

export interface PowerInterval {
  /** Called now and then during a long interval, so that no counter wraps twice unseen. */
  sample(): void;
  /** null where the counters cannot be read. */
  end(): EnergyReading | null;
}

export interface PowerMeter {
  begin(): PowerInterval;
}

/** What the meter reads; injected by tests. */
export interface PowerSources {
  /** Where the zones stand. */
  folder: string;
  /** Monotonic. */
  nowNs(): number;
}

const hostSources: PowerSources = {
  folder: '/sys/class/powercap',
  nowNs: () => Number(process.hrtime.bigint()),
};

/** Whole packages only: `intel-rapl:0:0` is a part of `intel-rapl:0`, `intel-rapl-mmio:0` the same package once more. */
const ZONE = /^intel-rapl:\d{1,4}$/;
/** `package-0`, on processors of several dies `package-0-die-1`; not `psys`, which holds the packages and more. */
const PACKAGE = /^package-\d{1,4}(-die-\d{1,4})?$/;
/** A counter of 32 bits in units of 15 µJ wraps after 64 kJ: at 1 kW in a minute. */
const SAMPLE_EVERY_NS = 20e9;
/** Counters move about once in a millisecond. */
const LEAST_INTERVAL_NS = 200e6;
const MOST_WATTS_OF_PACKAGE = 5000;

interface Zone {
  energyFile: string;
  /** The counter starts again at 0 behind it. */
  rangeMicrojoules: number;
}

interface Counted {
  zone: Zone;
  last: number;
  microjoules: number;
}

export function createPowerMeter(sources: PowerSources = hostSources): PowerMeter {
  return { begin: () => new Interval(sources) };
}

class Interval implements PowerInterval {
  private readonly startNs: number;
  private sampledNs: number;
  /** null: at least one package cannot be read, and a part would pass for the whole. */
  private counted: Counted[] | null;

  constructor(private readonly sources: PowerSources) {
    this.counted = quietly(() =>
      zonesIn(sources.folder).map((zone) => ({ zone, last: count(zone.energyFile), microjoules: 0 })),
    );
    this.startNs = sources.nowNs();
    this.sampledNs = this.startNs;
  }

  sample(): void {
    if (this.sources.nowNs() - this.sampledNs >= SAMPLE_EVERY_NS) this.read();
  }

  end(): EnergyReading | null {
    this.read();
    return (
      this.counted && {
        microjoules: this.counted.map(({ microjoules }) => microjoules),
        elapsedNs: this.sampledNs - this.startNs,
      }
    );
  }

  private read(): void {
    const { counted } = this;
    this.sampledNs = this.sources.nowNs();
    if (!counted) return;
    this.counted = quietly(() =>
      counted.map(({ zone, last, microjoules }) => {
        const now = count(zone.energyFile);
        const grown = now >= last ? now - last : now + zone.rangeMicrojoules - last;
        return { zone, last: now, microjoules: microjoules + grown };
      }),
    );
  }
}

/**
 * Of several intervals together, without what lies between them. null where one could not be read, counters stand still,
 * or all of them are too short to tell.
 */
export function packagePower(readings: readonly (EnergyReading | null)[]): PackagePower | null {
  const read = readings.filter((one) => one !== null);
  const elapsedNs = read.reduce((sum, one) => sum + one.elapsedNs, 0);
  const packages = read[0]?.microjoules.length ?? 0;
  if (read.length < readings.length || packages === 0 || elapsedNs < LEAST_INTERVAL_NS) return null;
  const counted = read[0]!.microjoules.map((_, index) =>
    read.reduce((sum, { microjoules }) => sum + (microjoules[index] ?? NaN), 0),
  );
  const joules = counted.reduce((sum, microjoules) => sum + microjoules, 0) / 1e6;
  const seconds = elapsedNs / 1e9;
  const watts = joules / seconds;
  // Virtual machines may show counters that stand still, or jump.
  const isSound = counted.every((microjoules) => microjoules > 0) && watts <= MOST_WATTS_OF_PACKAGE * packages;
  return isSound ? { source: 'rapl', watts, joules, seconds, packages } : null;
}

/** @throws Error where there is none, or one cannot be read. */
function zonesIn(folder: string): Zone[] {
  const zones = readdirSync(folder)
    .filter((name) => ZONE.test(name))
    .map((name) => path.join(folder, name))
    .filter((zone) => PACKAGE.test(readFileSync(path.join(zone, 'name'), 'utf8').trim()));
  if (zones.length === 0) throw new Error('no package zones');
  return zones.map((zone) => ({
    energyFile: path.join(zone, 'energy_uj'),
    rangeMicrojoules: count(path.join(zone, 'max_energy_range_uj')),
  }));
}

/** @throws Error where the file holds no count. */
function count(file: string): number {
  const text = readFileSync(file, 'utf8').trim();
  if (!/^\d{1,18}$/.test(text)) throw new Error(`${file}: no count`);
  return Number(text);
}

function quietly<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
