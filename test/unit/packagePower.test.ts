import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { measureLatency } from '../../src/core/analysis/clock.js';
import { createPowerMeter, packagePower } from '../../src/core/runtime/packagePower.js';
import { drain, FakeMachine } from './support/fakeMachine.js';

const root = mkdtempSync(path.join(tmpdir(), 'powercap-'));
after(() => {
  rmSync(root, { recursive: true, force: true });
});

let folder = root;
let count = 0;
let nowNs = 0;
beforeEach(() => {
  folder = path.join(root, String((count += 1)));
  mkdirSync(folder);
  nowNs = 5e9;
});

const RANGE = 262_143_328_850;

function zone(name: string, label: string, microjoules: number | string | null, range = RANGE): void {
  mkdirSync(path.join(folder, name), { recursive: true });
  writeFileSync(path.join(folder, name, 'name'), `${label}\n`);
  writeFileSync(path.join(folder, name, 'max_energy_range_uj'), `${range}\n`);
  if (microjoules !== null) counter(name, microjoules);
}

function counter(name: string, microjoules: number | string): void {
  writeFileSync(path.join(folder, name, 'energy_uj'), `${microjoules}\n`);
}

const meter = () => createPowerMeter({ folder, nowNs: () => nowNs });
const begin = () => meter().begin();
/** Of this interval alone. */
const ended = (interval: ReturnType<typeof begin>) => packagePower([interval.end()]);

describe('the energy of the processor', () => {
  it('counts whole packages, neither their parts nor the same once more', () => {
    zone('intel-rapl:0', 'package-0', 1e6);
    zone('intel-rapl:0:0', 'core', 1e6);
    zone('intel-rapl:1', 'package-1-die-0', 5e6);
    zone('intel-rapl:2', 'psys', 0);
    zone('intel-rapl-mmio:0', 'package-0', 1e6);
    zone('dtpm', 'package-0', 1e6);
    const interval = begin();
    nowNs += 4e9;
    counter('intel-rapl:0', 101e6);
    counter('intel-rapl:0:0', 91e6);
    counter('intel-rapl:1', 65e6);
    counter('intel-rapl:2', 400e6);
    counter('intel-rapl-mmio:0', 101e6);
    assert.deepEqual(ended(interval), { source: 'rapl', watts: 40, joules: 160, seconds: 4, packages: 2 });
  });

  it('goes on counting where a counter starts again', () => {
    zone('intel-rapl:0', 'package-0', 990e6, 1000e6);
    const interval = begin();
    nowNs += 2e9;
    counter('intel-rapl:0', 20e6);
    assert.equal(ended(interval)?.joules, 30);
  });

  it('sees every start of a long interval', () => {
    zone('intel-rapl:0', 'package-0', 0, 1000e6);
    const interval = begin();
    for (const microjoules of [900e6, 800e6, 700e6]) {
      nowNs += 25e9;
      counter('intel-rapl:0', microjoules);
      interval.sample();
    }
    // Too soon after the last one to be read again.
    nowNs += 1e9;
    counter('intel-rapl:0', 750e6);
    interval.sample();
    assert.equal(ended(interval)?.joules, 2750);
  });

  it('is not known where a package cannot be read, at the start or later', () => {
    zone('intel-rapl:0', 'package-0', 1e6);
    zone('intel-rapl:1', 'package-1', null);
    // No file can be read where a folder stands.
    mkdirSync(path.join(folder, 'intel-rapl:1', 'energy_uj'));
    const half = begin();
    nowNs += 4e9;
    counter('intel-rapl:0', 9e6);
    assert.equal(ended(half), null);
    rmSync(path.join(folder, 'intel-rapl:1'), { recursive: true });
    const lost = begin();
    nowNs += 4e9;
    rmSync(path.join(folder, 'intel-rapl:0', 'energy_uj'));
    lost.sample();
    assert.equal(ended(lost), null);
  });

  it('is not known without zones, without the folder, and where the figures are none', () => {
    const none = begin();
    nowNs += 4e9;
    assert.equal(ended(none), null);
    const nowhere = createPowerMeter({ folder: path.join(folder, 'no'), nowNs: () => 0 });
    assert.equal(ended(nowhere.begin()), null);
    assert.equal(packagePower([]), null);
    zone('intel-rapl:0', 'package-0', 'many');
    const text = begin();
    nowNs += 4e9;
    assert.equal(ended(text), null);
  });

  it('is not known of counters that stand still or leap, nor of a moment', () => {
    zone('intel-rapl:0', 'package-0', 7e6);
    const still = begin();
    const leaping = begin();
    const short = begin();
    nowNs += 0.1e9;
    assert.equal(ended(short), null);
    nowNs += 4e9;
    assert.equal(ended(still), null);
    counter('intel-rapl:0', 200e9);
    assert.equal(ended(leaping), null);
  });

  it('adds up intervals without what lies between them, and knows nothing where one is unknown', () => {
    const one = { microjoules: [3e6, 1e6], elapsedNs: 0.1e9 };
    const both = packagePower([one, { microjoules: [5e6, 3e6], elapsedNs: 0.2e9 }]);
    assert.deepEqual([both?.joules, both?.seconds.toFixed(9), both?.packages], [12, '0.300000000', 2]);
    assert.equal(packagePower([one, null]), null);
    assert.equal(packagePower([one]), null, 'too short');
  });

  it('is that of the rounds that count, not of the waits between them, of warming up or of disturbed rounds', async () => {
    zone('intel-rapl:0', 'package-0', 1e6);
    let microjoules = 1e6;
    const machine = new FakeMachine({
      runNs: () => 10e6,
      // The first round is somebody else's.
      load: (interval) => (interval === 0 ? 2 : 0),
    });
    const passes = (elapsedNs: number, watts: number): void => {
      machine.nowNs += elapsedNs;
      microjoules += (elapsedNs * watts) / 1000;
      counter('intel-rapl:0', Math.round(microjoules));
    };
    const { gauge } = machine;
    const clock = measureLatency(
      async () => {
        // 80 W while warming up and in the disturbed round, 50 W after it.
        const startNs = machine.nowNs;
        const timeNs = await machine.run();
        machine.nowNs = startNs;
        passes(timeNs, machine.intervals < 2 ? 80 : 50);
        return timeNs;
      },
      {
        ...{ budgetNs: 10e9, now: machine.now, stopRequested: () => false },
        power: createPowerMeter({ folder, nowNs: machine.now }),
        gauge: {
          ...{ logicalCores: 4, begin: () => gauge.begin() },
          read: () => {
            passes(45e6, 10);
            return gauge.read();
          },
        },
      },
    );
    const { power, rounds } = (await drain(clock)).result;
    assert.equal(rounds.filter(({ kept }) => !kept).length, 1);
    const seconds = rounds.flatMap(({ kept, samplesNs }) => (kept ? samplesNs : [])).length * 0.01;
    assert.equal(power?.seconds.toFixed(6), seconds.toFixed(6));
    assert.ok(Math.abs(power.watts - 50) < 1e-6, `${power.watts} W`);
  });
});
