import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';

import { ExpectedError } from '../../core/common/errors.js';
import type { Logger } from '../../core/common/logger.js';
import { Simulator } from '../../core/cost/simulator.js';
import type { SimulatorJob } from '../../core/cost/simulatorJob.js';
import type { Text } from '../../format/text/text.js';
import type { CostAssumptions } from '../../protocol/cost.js';
import type { CostAsked, FromPage } from '../../protocol/webview.js';
import type { ReportStore } from '../../store/reportStore.js';
import { Owner } from '../platform/owner.js';
import type { ModelSession } from '../session/modelSession.js';
import type { ServingChoices } from '../session/servingChoices.js';
import { sourceName, takePrices } from '../session/priceSource.js';
import { type PlanAnswer, ServingPlan } from '../session/servingPlan.js';
import type { Sessions } from '../session/sessions.js';
import { shareServing } from '../session/workspaceFiles.js';

export interface CostingServices {
  sessions: Sessions;
  store: ReportStore;
  choices: ServingChoices;
  context: Pick<vscode.ExtensionContext, 'workspaceState' | 'storageUri' | 'globalStorageUri'>;
  /** The bundle of the simulating thread. */
  simulatorScript: string;
  text: Text;
  log: Logger;
  /** What serving is planned for has changed: hints rest on it too. */
  changed(): void;
}

/** What the panel's cost view asks for, and the answers that it shows. */
export class Costing extends Owner {
  readonly #plan: ServingPlan;
  readonly #reckoned = new WeakMap<ModelSession, object>();
  /** The last question: an older one's answer is not shown. */
  readonly #latest = new WeakMap<ModelSession, object>();
  readonly #simulators = new Map<ModelSession, Simulator>();

  constructor(private readonly services: CostingServices) {
    super();
    const { choices, context, log, sessions, store } = services;
    this.#plan = new ServingPlan(choices, context.workspaceState, store, log);
    this.own(
      sessions.onDidChange(({ session, change }) => {
        // A draft's figures still move; answers follow the final report.
        const { report } = session;
        if (change !== 'state' || session.isBusy || !report || this.#reckoned.get(session) === report) return;
        void this.refresh(session);
      }),
    );
    this.own({
      dispose: () => {
        for (const simulator of this.#simulators.values()) simulator.dispose();
      },
    });
  }

  get choices(): ServingChoices {
    return this.services.choices;
  }

  /** Reckons by formula at once; the simulation follows. */
  async refresh(session: ModelSession): Promise<void> {
    if (session.report) this.#reckoned.set(session, session.report);
    const question = {};
    this.#latest.set(session, question);
    this.#simulators.get(session)?.cancel();
    const answer = await this.#plan.answer(session);
    if (this.#latest.get(session) !== question || this.isDisposed) return;
    session.cost.set(answer?.cost ?? null);
    if (answer?.job) void this.#simulate(session, answer, answer.job, question);
  }

  async #simulate(session: ModelSession, answer: PlanAnswer, job: SimulatorJob, question: object): Promise<void> {
    const { simulatorScript, log } = this.services;
    const simulator = this.#simulators.get(session) ?? new Simulator(simulatorScript);
    this.#simulators.set(session, simulator);
    const section = await simulator.simulate(job).catch((error: unknown) => {
      // The formula's answer stands.
      log.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
      return null;
    });
    if (section && this.#latest.get(session) === question) session.cost.set(answer.page(section));
  }

  /** Nobody sees the model's panel any more. */
  closed(session: ModelSession): void {
    this.#simulators.get(session)?.dispose();
    this.#simulators.delete(session);
  }

  /** The answers of an open panel, with that machine among them. */
  async show(session: ModelSession, what: Omit<CostAsked, 'at'>): Promise<void> {
    session.cost.ask(what);
    await this.refresh(session);
  }

  /** false for what is no matter of cost. */
  async handle(session: ModelSession, intent: FromPage): Promise<boolean> {
    switch (intent.type) {
      case 'changeAssumptions':
        await this.#change(session, intent.change);
        return true;
      case 'measureCapacity':
        await session.measureCapacity();
        return true;
      case 'measureThere':
        await this.measureThere(session, intent.instance);
        return true;
      case 'measured':
        await this.#measured(session, intent);
        return true;
      case 'shareAssumptions':
        await this.#share(session);
        return true;
      case 'refreshPrices':
        await this.refreshPrices(session.uri);
        return true;
      default:
        return false;
    }
  }

  async #change(session: ModelSession, change: Partial<CostAssumptions>): Promise<void> {
    // null clears: what the workspace's file says holds again. A rate that is typed goes before hours.
    const of = change.rate === undefined ? change : { hourly: null, ...change };
    await this.services.choices.set(
      Object.fromEntries(Object.entries(of).map(([name, value]) => [name, value ?? undefined])),
    );
    await this.refresh(session);
    this.services.changed();
  }

  async #share(session: ModelSession): Promise<void> {
    const { prices, ...settings } = await this.#plan.settings(session);
    // A path of this machine means nothing to the team.
    const shared = prices !== undefined && !path.isAbsolute(prices) ? { ...settings, prices } : settings;
    await vscode.window.showTextDocument(await shareServing(session.uri, shared));
  }

  /** A command of this tool, or a script for a server that has a runtime of its own. */
  async measureThere(session: ModelSession, instance: string): Promise<void> {
    const { report } = session;
    const scenario = report?.scenarios[0];
    if (!report || !scenario) throw new ExpectedError('input', 'cost.there.nothing');
    const { commandThere, measurementFile, scriptThere } = await import('../../core/cost/measureThere.js');
    const { text } = this.services;
    const script = scriptThere(report, scenario, instance);
    const command = { label: text('cost.there.command'), detail: text('cost.there.commandWhat'), way: 'command' };
    const python = { label: text('cost.there.script'), detail: text('cost.there.scriptWhat'), way: 'script' };
    const done = { label: text('cost.there.take'), detail: text('cost.there.takeWhat'), way: 'file' };
    const picked = await vscode.window.showQuickPick([command, ...(script === null ? [] : [python]), done], {
      title: text('cost.there.title', { instance }),
    });
    if (!picked) return;
    if (picked.way === 'file') {
      await this.#chooseMeasured(session);
      return;
    }
    if (picked.way === 'script' && script !== null) {
      await vscode.window.showTextDocument(
        await vscode.workspace.openTextDocument({ language: 'python', content: script }),
      );
    } else await vscode.env.clipboard.writeText(commandThere(report, scenario, instance));
    const code = picked.way === 'script' ? 'cost.there.scriptDone' : 'cost.there.commandDone';
    void vscode.window.showInformationMessage(text(code, { instance, file: measurementFile(instance) }));
  }

  /** For whoever cannot drop it. */
  async #chooseMeasured(session: ModelSession): Promise<void> {
    const [uri] = (await vscode.window.showOpenDialog({ filters: { JSON: ['json'] } })) ?? [];
    if (!uri) return;
    const { MAXIMUM_MEASUREMENT_BYTES } = await import('../../core/cost/answers/measurements.js');
    const { size } = await vscode.workspace.fs.stat(uri);
    const text = size > MAXIMUM_MEASUREMENT_BYTES ? null : await readFile(uri.fsPath, 'utf8');
    await this.#measured(session, { type: 'measured', name: path.basename(uri.fsPath), text });
  }

  async #measured(
    session: ModelSession,
    { name, text: content }: Extract<FromPage, { type: 'measured' }>,
  ): Promise<void> {
    if (content === null) throw new ExpectedError('input', 'cost.measured.tooLarge', { file: name });
    const { checkSameModel, parseMeasurement } = await import('../../core/cost/answers/measurements.js');
    const { instanceOfFile } = await import('../../core/cost/measureThere.js');
    const { text } = this.services;
    const measurement = parseMeasurement(content, name, instanceOfFile(name));
    if (session.report) checkSameModel(measurement, session.report);
    await this.#plan.addMeasured(session, measurement);
    // Wherever on the page it was dropped, its row is what matters now.
    await this.show(session, { instance: measurement.instance, replicas: null });
    vscode.window.setStatusBarMessage(text('cost.there.taken', { instance: measurement.instance }), 5000);
  }

  /** Nothing is fetched but from the source that the user names here. `uri`: what a path is meant beside. */
  async refreshPrices(uri: vscode.Uri | null): Promise<void> {
    const { text, choices } = this.services;
    const before = choices.prices;
    const source = await vscode.window.showInputBox({
      title: text('cost.refresh.title'),
      prompt: text(before ? 'cost.refresh.promptAgain' : 'cost.refresh.prompt'),
      value: before?.source ?? '',
      ignoreFocusOut: true,
    });
    const named = source?.trim();
    if (named === undefined || (named === '' && !before)) return;
    const said = named === '' ? text('cost.refresh.own') : await this.#takePrices(named, uri);
    if (named === '') await choices.setPrices(null);
    for (const session of this.services.sessions.all) if (session.cost.value) await this.refresh(session);
    this.services.changed();
    void vscode.window.showInformationMessage(said);
  }

  async #takePrices(source: string, uri: vscode.Uri | null): Promise<string> {
    const { text, choices, context } = this.services;
    const folder = (uri && vscode.workspace.getWorkspaceFolder(uri)) ?? vscode.workspace.workspaceFolders?.[0];
    // Of this workspace alone: another one may go by other prices.
    const place = context.storageUri ?? context.globalStorageUri;
    const progress = { location: vscode.ProgressLocation.Window, title: text('cost.refresh.title') };
    const { file, count } = await vscode.window.withProgress(progress, () =>
      takePrices(source, folder?.uri.fsPath ?? '', place.fsPath),
    );
    await choices.setPrices({ file, source });
    return text.plural('cost.refresh.done', count, { count, source: sourceName(source) });
  }
}
