import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';

import { CancelledError, ExpectedError } from '../../core/common/errors.js';
import type { Text } from '../../format/text/text.js';
import { changeText } from '../../format/views/comparison.js';
import type { Comparison } from '../../protocol/compare.js';
import type { Report } from '../../protocol/report.js';
import { readReport, type ReportStore } from '../../store/reportStore.js';
import { modelAtCommit } from '../../runner/gitFile.js';
import type { Profiling } from '../actions/profiling.js';
import type { Reports } from '../actions/reports.js';
import type { Engine } from '../session/engine.js';
import type { ModelSession } from '../session/modelSession.js';
import type { Baselines } from './baselines.js';
import { revealLastGood } from './lastGood.js';

export interface ComparingServices {
  store: ReportStore;
  baselines: Baselines;
  profiling: Profiling;
  reports: Reports;
  engine: Engine;
  text: Text;
}

/** A model's result against another one; what comes of it is shown in the model's panel. */
export class Comparing {
  constructor(private readonly services: ComparingServices) {}

  async compare(session: ModelSession, other: 'pick' | 'last' | 'head' | 'baseline'): Promise<void> {
    switch (other) {
      case 'pick':
        return this.#withPicked(session);
      case 'last':
        return this.#withLast(session);
      case 'head':
        return this.#withHead(session);
      case 'baseline':
        return this.#withBaseline(session);
    }
  }

  /** What the session shows, against a run before it. */
  async showRuns(session: ModelSession, before: Report): Promise<void> {
    await this.#show(session, before, await this.#measured(session));
  }

  /** The shown result becomes what later ones are held to. */
  async pin(session: ModelSession): Promise<void> {
    const report = await this.#measured(session);
    await this.services.baselines.pin(session.uri.fsPath, report);
    vscode.window.setStatusBarMessage(this.#text('compare.extension.pinned'), 4000);
  }

  async unpin(session: ModelSession): Promise<void> {
    const had = await this.services.baselines.unpin(session.uri.fsPath);
    vscode.window.setStatusBarMessage(
      this.#text(had ? 'compare.extension.unpinned' : 'compare.extension.notPinned'),
      4000,
    );
  }

  /** After a run: one message where it is slower than the baseline beyond the noise, under equal conditions. */
  async check(session: ModelSession): Promise<void> {
    const { report } = session;
    const baseline = report && (await this.services.baselines.get(session.uri.fsPath));
    if (!baseline || baseline.reportId === report.reportId || baseline.scenarios.length === 0) return;
    const comparison = await compareReports(baseline, report);
    if (comparison.verdict !== 'worse' || comparison.notes.some(({ kind }) => kind === 'different')) return;
    const [compare, reveal] = [this.#text('compare.extension.compare'), this.#text('compare.extension.reveal')];
    const answer = await vscode.window.showWarningMessage(this.#slower(session, comparison), compare, reveal);
    if (answer === compare) await this.#open(session, comparison, baseline);
    if (answer === reveal) await revealLastGood(this.services.store, session.uri.fsPath, baseline, this.services.text);
  }

  #slower(session: ModelSession, comparison: Comparison): string {
    const model = path.basename(session.uri.fsPath);
    const slowest = comparison.groups
      .filter(({ verdict }) => verdict === 'slower')
      .sort((a, b) => (b.newNs ?? 0) - (b.baseNs ?? 0) - (a.newNs ?? 0) + (a.baseNs ?? 0))[0];
    const figure = comparison.totals.latencyNs;
    if (figure.verdict === 'worse')
      return this.#text(slowest ? 'compare.extension.slowerKernel' : 'compare.extension.slower', {
        model,
        change: changeText(figure.ratio),
        kernel: slowest?.name ?? '',
      });
    return this.#text('compare.extension.kernelSlower', {
      model,
      change: changeText(slowest?.ratio ?? null),
      kernel: slowest?.name ?? '',
    });
  }

  async #withPicked(session: ModelSession): Promise<void> {
    const report = await this.#measured(session);
    const other = await this.services.reports.choose(report.reportId);
    if (other) await this.#show(session, other, report);
  }

  async #withLast(session: ModelSession): Promise<void> {
    const report = await this.#measured(session);
    const runs = await this.services.store.list(session.uri.fsPath);
    const before = runs.find(
      ({ reportId, medianNs, createdAt }) =>
        reportId !== report.reportId && medianNs !== null && createdAt < report.createdAt,
    );
    if (!before) throw new ExpectedError('input', 'compare.error.oneRun', { model: path.basename(session.uri.fsPath) });
    await this.#show(session, await readReport(before.file), report);
  }

  async #withBaseline(session: ModelSession): Promise<void> {
    const report = await this.#measured(session);
    const baseline = await this.services.baselines.get(session.uri.fsPath);
    if (!baseline) throw new ExpectedError('input', 'compare.extension.noBaseline');
    await this.#show(session, baseline, report);
  }

  /** The last commit's file, then the one that is there now, under equal conditions. */
  async #withHead(session: ModelSession): Promise<void> {
    // Both start programs: git, and the runtime on a file of somebody else's.
    if (!vscode.workspace.isTrusted) throw new ExpectedError('input', 'compare.extension.trust');
    await session.open();
    if (session.isBusy) return;
    const folder = await mkdtemp(path.join(tmpdir(), 'inference-profiler-head-'));
    try {
      const base = await this.#measureHead(session, folder);
      const before = session.report?.reportId;
      await this.services.profiling.profile(session);
      const { report } = session;
      if (report && report.reportId !== before && report.status === 'complete') await this.#show(session, base, report);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async #measureHead(session: ModelSession, folder: string): Promise<Report> {
    const { engine } = this.services;
    const { options } = session;
    const modelPath = session.uri.fsPath;
    if (!options) throw new CancelledError();
    const signal = new AbortController().signal;
    const head = await modelAtCommit(modelPath, 'HEAD', folder, async (model) =>
      (await engine.inspect(model, options, signal)).model.externalData.map((each) => each.path),
    );
    const title = this.#text('compare.extension.measuringHead', {
      file: path.basename(modelPath),
      commit: head.commit.slice(0, 7),
    });
    const report = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      async (_, cancelled) => {
        const ignore = (): void => undefined;
        const run = engine.profile(head.path, options, { queued: ignore, progress: ignore, partial: ignore });
        const listening = cancelled.onCancellationRequested(() => {
          run.cancel();
        });
        return run.result.finally(() => {
          listening.dispose();
        });
      },
    );
    return { ...report, model: { ...report.model, path: modelPath }, git: { commit: head.commit, dirty: false } };
  }

  async #measured(session: ModelSession): Promise<Report> {
    await session.open();
    const { report } = session;
    if (!report?.scenarios.some(({ latency }) => latency !== null))
      throw new ExpectedError('input', 'compare.extension.notMeasured', { model: path.basename(session.uri.fsPath) });
    return report;
  }

  async #show(session: ModelSession, base: Report, report: Report): Promise<void> {
    await this.#open(session, await compareReports(base, report), base);
  }

  async #open(session: ModelSession, comparison: Comparison, base: Report): Promise<void> {
    session.comparison.show(comparison, base);
    await this.services.profiling.open(session);
  }

  #text(...words: Parameters<Text>): string {
    return this.services.text(...words);
  }
}

/** Loaded when first needed: most windows compare nothing. */
async function compareReports(base: Report, next: Report): Promise<Comparison> {
  const { compareReports: compare } = await import('../../core/report/compare/compare.js');
  return compare(base, next);
}
