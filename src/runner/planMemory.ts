/** Peak resident memory of quantization plans: of a fresh process each, as for the model itself. */

import { existsSync } from 'node:fs';
import path from 'node:path';
import { planFile } from '../core/common/planFile.js';
import type { QuantizationPlan, QuantizationSection } from '../protocol/quantization.js';
import type { Report } from '../protocol/report.js';
import type { RunOptions } from '../protocol/worker.js';
import type { AskForMemory } from './memoryMeasurement.js';

export interface PlanMemory {
  modelPath: string;
  options: RunOptions;
  /** Where the worker left the plans' models. */
  folder: string;
  ask: AskForMemory;
  emptyBytes: () => Promise<number>;
  /** true ends it: what is left stays unknown. */
  stopped: () => boolean;
  progress: (done: number, total: number) => void;
  /** A process that did not finish; throwing ends the whole. */
  failed: (error: unknown) => void;
}

interface Peak {
  bytes: number | null;
  code: string | null;
}

/** The report with the peaks of the float model and of every plan that was measured. */
export async function withPlanMemory(report: Report, memory: PlanMemory): Promise<Report> {
  const total = report.quantization.reduce((sum, { plans }) => sum + 1 + plans.filter(isMeasured).length, 0);
  let done = 0;
  const peakOf = async (file: string, scenarioId: string): Promise<Peak> => {
    memory.progress(done++, total);
    if (memory.stopped()) return { bytes: null, code: 'error.worker.memoryNotMeasured' };
    const dimensions = report.scenarios.find(({ id }) => id === scenarioId)?.dimensions ?? [];
    return peakOfFile(file, dimensions, memory);
  };
  const sections: QuantizationSection[] = [];
  for (const section of report.quantization) {
    const { scenarioId, float } = section;
    const { bytes } = await peakOf(memory.modelPath, scenarioId);
    const plans: QuantizationPlan[] = [];
    for (const plan of section.plans) {
      if (!plan.measured) {
        plans.push(plan);
        continue;
      }
      const file = path.join(memory.folder, planFile(scenarioId, plan.id));
      const peak = existsSync(file)
        ? await peakOf(file, scenarioId)
        : { bytes: null, code: 'quantization.memory.tooLarge' };
      const reason = peak.code === null ? null : { code: peak.code, params: {} };
      const measured = { ...plan.measured, peakResidentBytes: peak.bytes, peakResidentReason: reason };
      plans.push({ ...plan, measured });
    }
    sections.push({ ...section, plans, ...(float ? { float: { ...float, peakResidentBytes: bytes } } : {}) });
  }
  memory.progress(total, total);
  return { ...report, quantization: sections };
}

const isMeasured = ({ measured }: QuantizationPlan): boolean => measured !== null;

async function peakOfFile(
  modelPath: string,
  dimensions: readonly { name: string; value: number }[],
  { ask, emptyBytes, options, failed }: PlanMemory,
): Promise<Peak> {
  try {
    const bound = dimensions.map(({ name, value }) => ({ name, value }));
    const bytes = (await ask({ modelPath, options, dimensions: bound })) - (await emptyBytes());
    // A model this small drowns in what two processes differ by.
    return bytes > 0 ? { bytes, code: null } : { bytes: null, code: 'error.worker.memoryTooSmall' };
  } catch (error) {
    failed(error);
    return { bytes: null, code: 'error.worker.memoryNotMeasured' };
  }
}
