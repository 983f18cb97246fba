import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createText } from '../../src/format/text/text.js';
import type { Report, Scenario } from '../../src/protocol/report.js';
import { findChromium } from '../harness/chromium.js';

const root = path.resolve(__dirname, '../..');
const SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json';

/** Where a GPU is made up by software: Debian's browser brings it, and needs the Vulkan loader beside it. */
function softwareGpu(): boolean {
  if (process.platform !== 'linux') return false;
  const has = (): boolean => String(spawnSync('ldconfig', ['-p']).stdout).includes('libvulkan.so.1');
  try {
    findChromium();
  } catch {
    return false;
  }
  if (!has() && process.getuid?.() === 0) {
    spawnSync('apt-get', ['update', '-q'], { stdio: 'ignore' });
    spawnSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'libvulkan1'], { stdio: 'ignore' });
  }
  return has() && existsSync(SWIFTSHADER);
}

describe('providers beside the CPU', { timeout: 240_000 }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'providers-'));
  let withGpu = false;
  before(() => {
    withGpu = softwareGpu();
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  /** A process of its own, because the graphics drivers are chosen by its environment. */
  function profile(provider: string, icd: string): Report {
    const file = path.join(folder, `${provider.replaceAll(',', '-')}.json`);
    const entry = path.join(root, 'test/worker/providers.entry.mts');
    const env = { ...process.env, VK_ICD_FILENAMES: icd, VK_DRIVER_FILES: icd };
    execFileSync(process.execPath, ['--import', 'tsx', entry, provider, file, folder], { env, cwd: root });
    return JSON.parse(readFileSync(file, 'utf8')) as Report;
  }
  const of = (report: Report, provider: string): Scenario => {
    const found = report.scenarios.find(({ run }) => run.provider === provider);
    assert.ok(found, provider);
    return found;
  };

  it('are measured after it and compared: latency, where operators ran, outputs', () => {
    const report = profile('all', SWIFTSHADER);
    const cpu = of(report, 'cpu');
    assert.ok(cpu.latency && cpu.providerComparison == null);
    const webgpu = of(report, 'webgpu');
    if (!withGpu) {
      assert.equal(webgpu.latency, null);
      assert.match(createText().message(webgpu.warnings.at(-1)!), /"webgpu" cannot be used on this machine/);
      return;
    }
    assert.ok(webgpu.latency && webgpu.latency.medianNs > 0, JSON.stringify(webgpu.warnings));
    const { providerComparison: comparison, kernels } = webgpu;
    assert.ok(comparison);
    assert.equal(comparison.baselineScenarioId, cpu.id);
    const listed = comparison.partitions.flatMap(({ kernelIds }) => kernelIds);
    assert.deepEqual(
      listed,
      kernels.filter(({ parentId }) => parentId === null).map(({ id }) => id),
    );
    assert.ok(comparison.partitions.some(({ provider }) => provider === 'WebGpuExecutionProvider'));
    const onCpu = kernels.filter(({ provider }) => provider === 'CPUExecutionProvider');
    assert.deepEqual(new Set(comparison.fallbackOperatorIds), new Set(onCpu.flatMap(({ operatorIds }) => operatorIds)));
    const [difference] = comparison.outputDifference;
    assert.ok(difference);
    assert.equal(difference.output, report.model.outputs[0]?.name);
    assert.ok(difference.maxAbsoluteError !== null && difference.maxAbsoluteError < 1e-3);
    assert.ok(difference.sqnrDb === null || difference.sqnrDb > 80, String(difference.sqnrDb));
    assert.match(webgpu.run.command, /--provider webgpu/);
  });

  it('that cannot be used are told in words and do not take the CPU with them', () => {
    const report = profile('webgpu,nonsense', path.join(folder, 'none.json'));
    assert.equal(report.status, 'complete');
    assert.ok(of(report, 'cpu').latency);
    for (const provider of ['webgpu', 'nonsense']) {
      const { latency, warnings } = of(report, provider);
      assert.equal(latency, null);
      const sentence = createText().message(warnings.at(-1)!);
      assert.match(sentence, new RegExp(`"${provider}" cannot be used on this machine`));
    }
  });
});
