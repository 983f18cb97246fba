/** What another provider made of a scenario: which parts it took, which fell back to the CPU, what came out. */

import type { TextCode } from '../../format/text/catalogue.js';
import type { OutputDifference, ProviderComparison, ProviderPartition } from '../../protocol/comparison.js';
import type { Kernel, Scenario } from '../../protocol/report.js';
import type { Message } from '../../protocol/text.js';
import { nameList } from './structureCheck.js';
import type { Feeds, Runtime } from '../runtime/port.js';
import { outputDifferences } from './outputDifference.js';
import { sessionOptions } from './tracing.js';

const CPU = 'CPUExecutionProvider';
/** Devices with queues of their own: a kernel's time is that of queueing it. */
const ASYNCHRONOUS: ReadonlySet<string> = new Set(['webgpu', 'cuda', 'dml']);

/** By an operator's id, what the file says of it. */
export interface FileOperator {
  id: string;
  opType: string;
}

export interface ProviderInput {
  scenario: Scenario;
  /** For people. */
  providerName: string;
  /** On the CPU under the same dimensions; null where none was measured. */
  baselineScenarioId: string | null;
  /** All operators of the file, Constant nodes included. */
  operators: readonly FileOperator[];
  /** Operators by the names that traced nodes keep, for kernels that no graph maps: beside a fused partition. */
  operatorIdByKernelName: ReadonlyMap<string, string>;
}

/** A node that a provider compiled names no operator of ours, nor one that the runtime knows. */
const isOpaque = ({ provider, operatorIds, kind }: Kernel, known: boolean): boolean =>
  provider !== CPU && kind === 'compute' && operatorIds.length === 0 && !known;

/** In the order of execution; nested kernels belong to their parent's partition. */
export function partitionsOf(
  kernels: readonly Kernel[],
  operatorIdByKernelName: ReadonlyMap<string, string>,
): ProviderPartition[] {
  const partitions: ProviderPartition[] = [];
  for (const kernel of kernels) {
    if (kernel.parentId !== null) continue;
    const opaque = isOpaque(kernel, operatorIdByKernelName.has(kernel.name));
    const last = partitions.at(-1);
    if (last && last.provider === kernel.provider && !opaque && !last.opaque) last.kernelIds.push(kernel.id);
    else partitions.push({ provider: kernel.provider, kernelIds: [kernel.id], opaque });
  }
  return partitions;
}

/** In the file's order. */
function fallbackOperators({ scenario, operators, operatorIdByKernelName }: ProviderInput): FileOperator[] {
  const onCpu = new Set<string>();
  for (const { provider, operatorIds, name } of scenario.kernels) {
    if (provider !== CPU) continue;
    for (const id of operatorIds) onCpu.add(id);
    const byName = operatorIds.length === 0 ? operatorIdByKernelName.get(name) : undefined;
    if (byName !== undefined) onCpu.add(byName);
  }
  return operators.filter(({ id }) => onCpu.has(id));
}

/** A scenario on another provider with what is to be said of it, and with the comparison where there is a baseline. */
export function withProvider(input: ProviderInput, outputDifference: OutputDifference[]): Scenario {
  const { scenario, baselineScenarioId, operatorIdByKernelName } = input;
  const partitions = partitionsOf(scenario.kernels, operatorIdByKernelName);
  const fallback = fallbackOperators(input);
  const warnings = [...scenario.warnings, ...providerWarnings(input, partitions, fallback)];
  if (baselineScenarioId === null) return { ...scenario, warnings };
  const fallbackOperatorIds = fallback.map(({ id }) => id);
  const comparison: ProviderComparison = { baselineScenarioId, partitions, fallbackOperatorIds, outputDifference };
  return { ...scenario, providerComparison: comparison, warnings };
}

function providerWarnings(
  { scenario, providerName: provider }: ProviderInput,
  partitions: readonly ProviderPartition[],
  fallback: readonly FileOperator[],
): Message[] {
  if (partitions.length === 0) return [];
  if (partitions.every((each) => each.provider === CPU))
    return [{ code: 'scenario.warning.providerUnused', params: { provider } }];
  const messages: Message[] = [];
  const counted = (
    code: Extract<TextCode, `${string}.one`> extends `${infer C}.one` ? C : never,
    count: number,
    more = {},
  ): void => {
    messages.push({ code: count === 1 ? `${code}.one` : code, params: { provider, count, ...more } });
  };
  const opaque = partitions.filter((each) => each.opaque).length;
  if (opaque > 0) counted('scenario.warning.providerOpaque', opaque);
  const types = nameList([...new Set(fallback.map(({ opType }) => opType))].sort());
  if (fallback.length > 0) counted('scenario.warning.providerFellBack', fallback.length, { types });
  if (ASYNCHRONOUS.has(scenario.run.provider))
    messages.push({ code: 'scenario.warning.providerAsynchronous', params: { provider } });
  return messages;
}

/** The same inputs through both providers. Throws ExpectedError when one of them fails. */
export async function outputDifferencesOf(
  runtime: Runtime,
  modelPath: string,
  feeds: Feeds,
  conditions: Parameters<typeof sessionOptions>[0],
): Promise<OutputDifference[]> {
  const evaluate = async (provider: string): ReturnType<Awaited<ReturnType<Runtime['open']>>['evaluate']> => {
    const session = await runtime.open({ kind: 'file', path: modelPath }, sessionOptions({ ...conditions, provider }));
    try {
      return await session.evaluate(feeds);
    } finally {
      await session.close();
    }
  };
  const reference = await evaluate('cpu');
  return outputDifferences(await evaluate(conditions.provider), reference);
}
