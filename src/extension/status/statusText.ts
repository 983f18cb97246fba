import type { Text } from '../../format/text/text.js';
import { aboutDuration } from '../../format/approximate.js';
import { durationWithError } from '../../format/units.js';
import type { Report } from '../../protocol/report.js';
import type { Failure } from '../../protocol/text.js';
import type { PageRun } from '../../protocol/webview.js';
import { runText } from './runText.js';

export interface StatusSource {
  fileName: string;
  report: Report | null;
  run: PageRun | null;
  failure: Failure | null;
  stale: { lastRunSeconds: number | null } | null;
}

export interface StatusText {
  /** With codicons. */
  text: string;
  tooltip: string;
  /** What a click does. */
  action: 'open' | 'profile';
  urgent: boolean;
}

/** What the status bar says of one model; null when there is nothing to say. */
export function statusText(source: StatusSource, text: Text): StatusText | null {
  const { run, failure, stale, report } = source;
  const fileName = withoutIcons(source.fileName);
  const model = fileName.replace(/\.\w+$/, '');
  if (run) {
    const line = text('extension.status.running', { model, line: runText(run, text) });
    return { text: `$(sync~spin) ${line}`, tooltip: line, action: 'open', urgent: false };
  }
  if (failure && failure.kind !== 'cancelled') {
    const line = text('extension.status.failed', { model });
    return { text: `$(error) ${line}`, tooltip: text.message(failure.message), action: 'open', urgent: true };
  }
  if (stale) return staleText(fileName, stale.lastRunSeconds, text);
  const latency = report?.scenarios[0]?.latency;
  if (!latency) return null;
  const [low, high] = latency.confidenceNs;
  const line = text('extension.status.result', {
    model,
    median: durationWithError(latency.medianNs, (high - low) / 2),
  });
  return { text: `$(pulse) ${line}`, tooltip: text('extension.status.open'), action: 'open', urgent: false };
}

function staleText(file: string, lastRunSeconds: number | null, text: Text): StatusText {
  const line =
    lastRunSeconds === null
      ? text('extension.status.stale', { file })
      : text('extension.status.staleTimed', { file, time: aboutDuration(lastRunSeconds) });
  return { text: `$(warning) ${line}`, tooltip: text('extension.status.staleWhy'), action: 'profile', urgent: true };
}

/** `$(name)` in a file's name would be drawn as an icon. */
const withoutIcons = (name: string): string => name.replaceAll('$(', '$ (');
