/** A run while it goes on: phases with real counts. */

import type { PageRun } from '../../protocol/webview.js';
import type { PhaseProgress } from '../../protocol/worker.js';
import type { Text } from '../text/text.js';
import { duration, integer } from '../units.js';

export interface PhaseRow {
  phase: PhaseProgress['phase'];
  state: PhaseProgress['state'];
  label: string;
  value: string;
}

export function phaseRows(run: PageRun, text: Text): PhaseRow[] {
  return run.phases.map((progress) => ({
    phase: progress.phase,
    state: progress.state,
    label: phaseLabel(progress, text),
    value: phaseValue(progress, text),
  }));
}

function phaseLabel(progress: PhaseProgress, text: Text): string {
  const name = text(`page.phase.${progress.phase}`);
  const { scenario } = progress;
  const round = progress.state === 'running' ? progress.round : null;
  if (!scenario) return round ? text('page.phase.round', { phase: name, ...round }) : name;
  if (!round) return text('page.phase.scenario', { phase: name, index: scenario.index, total: scenario.total });
  const place = { scenario: scenario.index, scenarios: scenario.total };
  return text('page.phase.scenarioRound', { phase: name, ...place, ...round });
}

function phaseValue({ state, done, total, unit }: PhaseProgress, text: Text): string {
  if (done === null || unit === null) return state === 'running' ? '' : text(`page.phaseState.${state}`);
  if (unit === 'milliseconds') return duration(done * 1e6);
  const key = `page.count.${unit}` as const;
  if (total === null || total === done) return text.plural(key, done, { number: integer(done) });
  return text.plural(key, total, { number: text('page.count.of', { done: integer(done), total: integer(total) }) });
}

/** The run whose figures the report's drafts are; null while something else runs. */
export const profilingRun = (run: PageRun | null): PageRun | null =>
  run === null || run.task === undefined || run.task === 'profile' ? run : null;

/** `Latency, round 3 of 5 · about 5 s left`. */
export function runLine(run: PageRun, text: Text): string {
  if (run.state === 'queued') return text('page.run.queued');
  if (run.state === 'stopping') return text('page.run.stopping');
  const current = run.phases.find((phase) => phase.state === 'running');
  const parts = [current ? phaseLabel(current, text) : text('page.run.starting')];
  if (run.remainingMs !== null) parts.push(text('page.run.left', { time: seconds(run.remainingMs) }));
  return parts.join(' · ');
}

/** `6 of about 11 s`; only what has passed while the end is unknown. */
export function runClock(run: PageRun, text: Text): string {
  const passed = Math.round(run.elapsedMs / 1000);
  if (run.remainingMs === null) return text('page.run.passed', { seconds: integer(passed) });
  return text('page.run.clock', {
    seconds: integer(passed),
    total: integer(Math.max(passed, Math.round((run.elapsedMs + run.remainingMs) / 1000))),
  });
}

/** 0 to 1; null while the end is unknown. */
export function runFraction(run: PageRun): number | null {
  if (run.remainingMs === null || run.elapsedMs + run.remainingMs <= 0) return null;
  return Math.min(1, run.elapsedMs / (run.elapsedMs + run.remainingMs));
}

const seconds = (ms: number): string => `${integer(Math.max(1, Math.round(ms / 1000)))} s`;
