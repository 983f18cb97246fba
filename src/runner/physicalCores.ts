/** Cores without their hyperthreads: the runtime takes one thread for each where none are asked for. */

import { platform } from 'node:os';
import path from 'node:path';
import { programOutput } from './programOutput.js';

const TIMEOUT_MS = 5000;

/** Different pairs of package and core in /proc/cpuinfo; null where it names none, as on Arm. */
export function coresOfCpuInfo(text: string): number | null {
  const cores = new Set<string>();
  for (const processor of text.split(/\n\s*\n/)) {
    const socket = /^physical id\s*:\s*(\d+)/m.exec(processor)?.[1];
    const core = /^core id\s*:\s*(\d+)/m.exec(processor)?.[1];
    if (core !== undefined) cores.add(`${socket ?? ''}:${core}`);
  }
  return cores.size > 0 ? cores.size : null;
}

function positive(text: string): number | null {
  const value = Number(text.trim());
  return Number.isInteger(value) && value > 0 ? value : null;
}

/** Node has no such call on any system. */
export async function physicalCores(cpuInfoText: string): Promise<number | null> {
  try {
    if (platform() === 'linux') return coresOfCpuInfo(cpuInfoText);
    if (platform() === 'darwin') {
      return positive(await programOutput('/usr/sbin/sysctl', ['-n', 'hw.physicalcpu'], TIMEOUT_MS));
    }
    if (platform() !== 'win32') return null;
    const windows = process.env['SystemRoot'] ?? 'C:\\Windows';
    const shell = path.win32.join(windows, 'System32', 'WindowsPowerShell', 'v1.0', 'powershell.exe');
    const question = '(Get-CimInstance Win32_Processor | Measure-Object -Property NumberOfCores -Sum).Sum';
    const call = ['-NoProfile', '-NonInteractive', '-Command', question];
    return positive(await programOutput(shell, call, TIMEOUT_MS));
  } catch {
    return null; // The runtime's threads are then not known; nothing else depends on it.
  }
}
