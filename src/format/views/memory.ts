/** Memory over one run: bytes of tensors alive after each kernel, the peak, what the process holds besides. */

import type { Kernel, MemoryPoint } from '../../protocol/report.js';
import type { Text } from '../text/text.js';
import { bytes } from '../units.js';
import { kernelName } from './hotspotText.js';
import { shortenMiddle } from './names.js';
import { richText, type RichText } from './richText.js';
import type { ScenarioIndex } from './scenarioIndex.js';

export interface MemoryMoment {
  /** Position in execution order, from 0. */
  step: number;
  kernel: Kernel | null;
  liveBytes: number;
}

export interface MemoryView {
  moments: MemoryMoment[];
  /** null without a timeline. */
  peak: MemoryMoment | null;
  /** Largest first, one for each stretch of neighbours that hold the same. */
  largest: MemoryMoment[];
  /** Most that the runtime's arena had in use; null where it does not say. */
  arenaPeakBytes: number | null;
  weightBytes: number | null;
  peakResidentBytes: number | null;
  /** What the process holds beyond weights and tensors: arena, code, buffers; null where it is not known. */
  restBytes: number | null;
}

const MOST_LISTED = 20;

/** null until memory was measured. */
export function memoryView(index: ScenarioIndex): MemoryView | null {
  const { memory, kernels } = index.scenario;
  if (!memory) return null;
  const byId = new Map(kernels.map((kernel) => [kernel.id, kernel]));
  const moment = ({ step, kernelId, liveBytes }: MemoryPoint): MemoryMoment => ({
    step,
    liveBytes,
    kernel: byId.get(kernelId) ?? null,
  });
  const moments = [...memory.timeline].sort((a, b) => a.step - b.step).map(moment);
  const distinct = moments.filter((one, position) => moments[position - 1]?.liveBytes !== one.liveBytes);
  const largest = distinct.sort((a, b) => b.liveBytes - a.liveBytes || a.step - b.step).slice(0, MOST_LISTED);
  const resident = memory.peakResidentBytes;
  const rest =
    resident === null || memory.weightBytes === null
      ? null
      : resident - memory.weightBytes - (memory.peakActivationBytes ?? 0);
  return {
    moments,
    peak: largest[0] ?? null,
    largest,
    arenaPeakBytes: memory.arenaPeakBytes ?? null,
    weightBytes: memory.weightBytes,
    peakResidentBytes: resident,
    // In place and reused buffers may take less than the shapes say.
    restBytes: rest !== null && rest >= 0 ? rest : null,
  };
}

export function memorySentence(index: ScenarioIndex, view: MemoryView, text: Text): RichText {
  const { peak } = view;
  if (!peak) return richText(text, 'page.memoryView.noTimeline');
  const weights = bytes(view.weightBytes);
  if (!peak.kernel) return richText(text, 'page.memoryView.sentenceNoKernel', { peak: bytes(peak.liveBytes), weights });
  const { title, subtitle } = kernelName(index, peak.kernel, text);
  return richText(text, 'page.memoryView.sentence', {
    peak: bytes(peak.liveBytes),
    kernel: shortenMiddle(`${title} ${subtitle}`, 60),
    weights,
  });
}
