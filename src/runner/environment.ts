/** What this machine is, as far as it decides how fast a model runs. Read without loading the runtime. */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import path from 'node:path';
import { oneLine } from '../core/common/oneLine.js';
import type { Host } from '../protocol/worker.js';
import { physicalCores } from './physicalCores.js';
import { programOutput } from './programOutput.js';
import { simdOfCpuInfo, simdOfSysctl } from './simd.js';

const SYSCTL_NAMES = ['machdep.cpu.features', 'machdep.cpu.leaf7_features', 'hw.optional'];

async function cpuInfo(): Promise<string> {
  return platform() === 'linux' ? readFile('/proc/cpuinfo', 'utf8').catch(() => '') : '';
}

async function simdFlags(cpuInfoText: string): Promise<string[]> {
  if (platform() === 'linux') return simdOfCpuInfo(cpuInfoText);
  if (platform() === 'darwin') {
    // A name that this Mac does not have ends the call with an error, after the others were printed.
    const output = await programOutput('/usr/sbin/sysctl', SYSCTL_NAMES, 2000).catch(
      (error: unknown) => (error as { stdout?: string }).stdout ?? '',
    );
    return simdOfSysctl(output);
  }
  // Windows says it to native code alone; every 64-bit Arm has these.
  return arch() === 'arm64' ? ['neon'] : [];
}

/** Arm's Linux leaves the model out of what Node reads; its boards say it elsewhere. */
async function cpuModel(cpuInfoText: string): Promise<string> {
  const known = cpus()[0]?.model.trim() ?? '';
  if (known !== '' && known !== 'unknown') return oneLine(known, 120);
  const named = /^(?:Model|Hardware|model name)\s*:\s*(.+)$/m.exec(cpuInfoText)?.[1];
  const board = named ?? (await readFile('/sys/firmware/devicetree/base/model', 'utf8').catch(() => ''));
  return oneLine(board === '' ? `${arch()} CPU` : board, 120);
}

/** From the package beside the bundles; '' when it is not installed. */
async function runtimeVersion(folder: string): Promise<string> {
  try {
    const file = createRequire(path.join(folder, 'worker.js')).resolve('onnxruntime-node/package.json');
    const { version } = JSON.parse(await readFile(file, 'utf8')) as { version?: unknown };
    return typeof version === 'string' ? oneLine(version, 40) : '';
  } catch {
    return '';
  }
}

/** A hash of the hardware alone: equal machines are one, and no one is named. Memory in whole GiB, as kernels differ in the rest. */
function machineIdOf(environment: Host['environment']): string {
  const { cpuModel: model, logicalCores, simd, memoryBytes } = environment;
  const hardware = [
    platform(),
    arch(),
    model,
    logicalCores,
    [...simd].sort().join(' '),
    Math.round(memoryBytes / 2 ** 30),
  ];
  return createHash('sha256')
    .update(`inference-profiler ${hardware.join('|')}`)
    .digest('hex')
    .slice(0, 16);
}

/** `distFolder`: where the bundles lie, from which onnxruntime-node is found as they find it. */
export async function readEnvironment(distFolder = __dirname): Promise<Host> {
  const cpuInfoText = await cpuInfo();
  const environment: Host['environment'] = {
    cpuModel: await cpuModel(cpuInfoText),
    logicalCores: cpus().length,
    physicalCores: await physicalCores(cpuInfoText),
    simd: await simdFlags(cpuInfoText),
    memoryBytes: totalmem(),
    os: `${platform()} ${release().split('.').slice(0, 2).join('.')} ${arch()}`,
    runtime: 'onnxruntime',
    runtimeVersion: await runtimeVersion(distFolder),
  };
  return { environment, machineId: machineIdOf(environment) };
}
