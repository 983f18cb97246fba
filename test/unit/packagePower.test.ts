import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { createPowerMeter } from '../../src/core/runtime/packagePower.js';

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

const begin = () => createPowerMeter({ folder, nowNs: () => nowNs }).begin();

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
    assert.deepEqual(interval.end(), { source: 'rapl', watts: 40, joules: 160, seconds: 4, packages: 2 });
  });

  it('goes on counting where a counter starts again', () => {
    zone('intel-rapl:0', 'package-0', 990e6, 1000e6);
    const interval = begin();
    nowNs += 2e9;
    counter('intel-rapl:0', 20e6);
    assert.equal(interval.end()?.joules, 30);
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
    assert.equal(interval.end()?.joules, 2750);
  });

  it('is not known where a package cannot be read, at the start or later', () => {
    zone('intel-rapl:0', 'package-0', 1e6);
    zone('intel-rapl:1', 'package-1', null);
    // No file can be read where a folder stands.
    mkdirSync(path.join(folder, 'intel-rapl:1', 'energy_uj'));
    const half = begin();
    nowNs += 4e9;
    counter('intel-rapl:0', 9e6);
    assert.equal(half.end(), null);
    rmSync(path.join(folder, 'intel-rapl:1'), { recursive: true });
    const lost = begin();
    nowNs += 4e9;
    rmSync(path.join(folder, 'intel-rapl:0', 'energy_uj'));
    lost.sample();
    assert.equal(lost.end(), null);
  });

  it('is not known without zones, without the folder, and where the figures are none', () => {
    const none = begin();
    nowNs += 4e9;
    assert.equal(none.end(), null);
    assert.equal(
      createPowerMeter({ folder: path.join(folder, 'no'), nowNs: () => 0 })
        .begin()
        .end(),
      null,
    );
    zone('intel-rapl:0', 'package-0', 'many');
    const text = begin();
    nowNs += 4e9;
    assert.equal(text.end(), null);
  });

  it('is not known of counters that stand still or leap, nor of a moment', () => {
    zone('intel-rapl:0', 'package-0', 7e6);
    const still = begin();
    const leaping = begin();
    const short = begin();
    nowNs += 0.1e9;
    assert.equal(short.end(), null);
    nowNs += 4e9;
    assert.equal(still.end(), null);
    counter('intel-rapl:0', 200e9);
    assert.equal(leaping.end(), null);
  });
});
