import { spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Benchmark, Figure } from './bench.js';

/** The size that the bar is set for, and the largest that is promised: memory must not grow from one to the other. */
const SIZES = [
  { name: '400 MB', bytes: 400e6, mostSeconds: 20 },
  { name: '1 GB', bytes: 2 ** 30, mostSeconds: 50 },
] as const;
const KERNELS = 400;
const TYPES = ['Conv', 'MatMul', 'Add', 'Relu'] as const;
const cli = path.resolve(import.meta.dirname, '../../dist/cli.js');

/** As the runtime writes one, about 900 bytes an event. */
function eventText(name: string, opType: string, startUs: number, durationUs: number): string {
  const stats = `{'main_thread': {'thread_pool_name': 'session-1-intra-op', 'thread_id': '140', 'block_size': [], 'core': 1, 'Distribution': 0, 'DistributionEnqueue': 0, 'Run': 0, 'Wait': 0}, 'sub_threads': {}}`;
  return `{"cat" : "Node","pid" :7054,"tid" :7054,"dur" :${durationUs},"ts" :${startUs},"ph" : "X","name" :"${name}_kernel_time","args" : {"mem_in_use_peak" : "12036","parameter_size" : "0","mem_arena_held" : "1060356","input_type_shape" : [{"float":[1,64,56,56]},{"float":[64,64,3,3]}],"mem_requested_in_use_delta" : "64","mem_bytes_requested_in_use" : "11844","activation_size" : "64","mem_in_use_delta" : "256","provider" : "CPUExecutionProvider","mem_arena_held_delta" : "1048576","thread_scheduling_stats" : "${stats}","mem_bytes_in_use" : "12036","op_name" : "${opType}","output_type_shape" : [{"float":[1,64,56,56]}],"node_index" : "0","output_size" : "64"}}`;
}

async function writeTrace(file: string, bytes: number): Promise<void> {
  const stream = createWriteStream(file);
  let written = 0;
  let nowUs = 0;
  for (let run = 0; written < bytes; run++) {
    const startUs = nowUs;
    const lines: string[] = [];
    for (let kernel = 0; kernel < KERNELS; kernel++) {
      const durationUs = 5 + ((kernel * 7 + run * 3) % 90);
      lines.push(eventText(`/layer.${kernel % 12}/op_${kernel}`, TYPES[kernel % 4]!, nowUs, durationUs));
      nowUs += durationUs + 2;
    }
    lines.push(
      `{"cat" : "Session","pid" :7054,"tid" :7054,"dur" :${nowUs - startUs},"ts" :${startUs},"ph" : "X","name" :"model_run","args" : {}}`,
    );
    const text = `${run === 0 ? '[\n' : ',\n'}${lines.join(',\n')}`;
    written += text.length;
    if (!stream.write(text)) await new Promise<void>((resolve) => stream.once('drain', resolve));
  }
  await new Promise<void>((resolve) => stream.end('\n]\n', resolve));
}

/** Largest resident size of the command and its worker, from the system's own high-water mark. */
function peakBytes(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    try {
      const kibibytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      return sum + Number(kibibytes ?? 0) * 1024;
    } catch {
      return sum;
    }
  }, 0);
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

async function opened({ name, bytes, mostSeconds }: (typeof SIZES)[number]): Promise<Figure[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
  try {
    const trace = path.join(folder, 'trace.json');
    await writeTrace(trace, bytes);
    const start = performance.now();
    const child = spawn(process.execPath, [cli, 'export', trace, '--json', path.join(folder, 'r.json'), '--quiet']);
    let peak = 0;
    const watch = setInterval(() => {
      if (child.pid !== undefined) peak = Math.max(peak, peakBytes([child.pid, ...childrenOf(child.pid)]));
    }, 50);
    const code = await new Promise((resolve) => child.on('close', resolve));
    clearInterval(watch);
    if (code !== 0) throw new Error(`the command ended with ${String(code)}`);
    return [
      { what: `time of ${name}`, value: (performance.now() - start) / 1000, unit: 's', bar: { atMost: mostSeconds } },
      // Only Linux tells it without another program.
      ...(peak > 0 ? [{ what: `peak memory of ${name}`, value: peak / 1e6, unit: 'MB', bar: { atMost: 1000 } }] : []),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const benchmark: Benchmark = {
  name: 'profiles of 400 MB and 1 GB that another program recorded, opened by the command',
  run: async () => {
    const figures: Figure[] = [];
    for (const size of SIZES) figures.push(...(await opened(size)));
    return figures;
  },
};

export default benchmark;
