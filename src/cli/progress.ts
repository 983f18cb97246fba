/** Progress of a profile on standard error: a bar on a terminal, a plain line for each phase elsewhere. */

import { SingleBar } from 'cli-progress';

import { phaseRows, runLine } from '../format/views/progress.js';
import type { PageRun } from '../protocol/webview.js';
import type { PhaseProgress } from '../protocol/worker.js';
import type { ProfileHandlers } from '../runner/runner.js';
import type { Terminal } from './terminal.js';

export interface Progress extends Required<Pick<ProfileHandlers, 'onQueued' | 'onProgress'>> {
  /** Takes the bar away; more than once does nothing. */
  end(): void;
}

export function createProgress(terminal: Terminal): Progress {
  if (terminal.quiet) return { onQueued: () => undefined, onProgress: () => undefined, end: () => undefined };
  return process.stderr.isTTY ? barProgress(terminal) : lineProgress(terminal);
}

function pageRun(state: PageRun['state'], phases: PhaseProgress[], startedMs: number): PageRun {
  const remainingMs = phases.find((each) => each.state === 'running')?.remainingMs ?? null;
  const elapsedMs = performance.now() - startedMs;
  return { state, phases, startedAt: new Date().toISOString(), elapsedMs, remainingMs };
}

const BAR_STEPS = 1000;

function barProgress({ text }: Terminal): Progress {
  const startedMs = performance.now();
  const bar = new SingleBar({
    format: '{bar} {line}',
    barsize: 24,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
    // The terminal keeps Ctrl+C for stopping.
    gracefulExit: false,
  });
  bar.start(BAR_STEPS, 0, { line: text('page.run.starting') });
  let furthest = 0;
  return {
    onQueued: () => {
      bar.update(0, { line: text('page.run.queued') });
    },
    onProgress: (progress) => {
      const run = pageRun('running', [progress], startedMs);
      const whole = run.remainingMs === null ? 0 : run.elapsedMs / (run.elapsedMs + run.remainingMs);
      // Estimates change; a bar that goes back says less than one that waits.
      furthest = Math.max(furthest, Math.min(0.99, whole));
      const counts = progress.state === 'running' ? (phaseRows(run, text)[0]?.value ?? '') : '';
      bar.update(Math.round(furthest * BAR_STEPS), { line: [runLine(run, text), counts].filter(Boolean).join(' · ') });
    },
    end: () => {
      bar.stop();
    },
  };
}

function lineProgress(terminal: Terminal): Progress {
  const startedMs = performance.now();
  const said = new Set<string>();
  return {
    onQueued: () => {
      terminal.note(terminal.text('page.run.queued'));
    },
    onProgress: (progress) => {
      if (progress.state !== 'done') return;
      const row = phaseRows(pageRun('running', [progress], startedMs), terminal.text)[0];
      if (!row || said.has(`${row.label} ${row.value}`)) return;
      said.add(`${row.label} ${row.value}`);
      terminal.note(`${row.label}: ${row.value}`);
    },
    end: () => undefined,
  };
}
