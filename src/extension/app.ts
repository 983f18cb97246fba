import path from 'node:path';
import * as vscode from 'vscode';

import type { Logger } from '../core/common/logger.js';
import { createText, type Text, type TextBundle } from '../format/text/text.js';
import type { FromPage } from '../protocol/webview.js';
import { Runner } from '../runner/runner.js';
import { ReportStore } from '../store/reportStore.js';
import { defaultStoreFolder } from '../store/storeFolder.js';
import { AlternativeModels } from './actions/alternativeModels.js';
import { ChipQuestions } from './actions/chips.js';
import { Costing } from './actions/costing.js';
import { Intents } from './actions/intents.js';
import { Profiling } from './actions/profiling.js';
import { Quantizing } from './actions/quantizing.js';
import { Reports } from './actions/reports.js';
import { Runs } from './actions/runs.js';
import { Target } from './actions/target.js';
import { type ImportTrace, Traces } from './actions/traces.js';
import { Baselines } from './compare/baselines.js';
import { Comparing, type ComparingServices } from './compare/comparing.js';
import { registerCommands } from './commands.js';
import { LastResults } from './models/lastResults.js';
import { ModelIndex, type ModelIndexServices } from './models/modelIndex.js';
import { ModelsTree } from './models/modelsTree.js';
import { HintActions } from './hints/hintActions.js';
import { Hints } from './hints/hints.js';
import { Panels } from './panel/panels.js';
import { FailureReporter } from './platform/failures.js';
import { channelLogger } from './platform/log.js';
import { Owner } from './platform/owner.js';
import { readSettings } from './platform/settings.js';
import { LastUsed } from './session/lastUsed.js';
import type { ModelSession } from './session/modelSession.js';
import { runnerEngine } from './session/runnerEngine.js';
import { ServingChoices } from './session/servingChoices.js';
import { Sessions } from './session/sessions.js';
import { StatusBar } from './status/statusBar.js';

/** Everything of the extension, put together. */
export class App extends Owner {
  readonly tree: ModelsTree;
  readonly index: ModelIndex;
  readonly sessions: Sessions;
  readonly hints: Hints;
  readonly store = new ReportStore(defaultStoreFolder());

  constructor(context: vscode.ExtensionContext) {
    super();
    const textBundle: TextBundle | null = vscode.l10n.bundle ?? null;
    const text = createText(textBundle);
    const channel = this.own(vscode.window.createOutputChannel(text('extension.name'), { log: true }));
    const log = channelLogger(channel);
    const failures = new FailureReporter(text, log);
    const distFolder = path.join(context.extensionPath, 'dist');

    let made: Runner | null = null;
    const runner = (): Runner => (made ??= this.own(new Runner({ distFolder, logger: log })));
    const engine = runnerEngine(runner);
    this.sessions = this.own(
      new Sessions({
        engine,
        store: this.store,
        lastUsed: new LastUsed(context.workspaceState),
        log,
        readSettings,
        confirm: (needs) => profiling.confirm(needs),
      }),
    );
    const panels: Panels = this.own(
      new Panels(this.sessions, {
        extensionUri: context.extensionUri,
        textBundle,
        log,
        title: (session) => text('extension.panel.title', { model: modelName(session) }),
        handle: (session, intent) => void carryOut(session, intent),
        activated: this.sessions.setActive.bind(this.sessions),
        closed: (session) => {
          costing.closed(session);
        },
      }),
    );
    const profiling: Profiling = new Profiling(this.sessions, panels, failures, text);
    const reports = new Reports(this.store, this.sessions, panels, distFolder, text);
    const chips = new ChipQuestions(text);
    const others = new AlternativeModels(() => this.index, text);
    const quantizing = new Quantizing(profiling, chips, others, text);
    const comparing = this.#comparing(context.globalStorageUri, failures, { profiling, reports, engine, text });
    const runs = new Runs(this.store, this.sessions, panels, reports, comparing, text);
    const costing: Costing = this.#costing(context, path.join(distFolder, 'simulator.js'), text, log);
    const intents: Intents = new Intents(profiling, quantizing, reports, comparing, runs, chips, costing);
    const carryOut = failures.guard((session: ModelSession, intent: FromPage) => intents.handle(session, intent));

    const note: ModelIndexServices['note'] = failures.note.bind(failures);
    this.index = this.own(new ModelIndex({ scan: (file, signal) => runner().scan(file, signal), note }));
    const lastResults = this.own(new LastResults(this.store));
    this.tree = this.own(new ModelsTree(this.index, lastResults, text));
    this.#followStore(lastResults);
    this.own(new StatusBar(this.sessions, text));
    const read: ImportTrace = (request, signal) => runner().importTrace(request, signal);
    const traces = new Traces(read, this.index, this.store, this.sessions, panels, text);
    const target = new Target(this.index, panels, text);
    const hintActions = this.#hintActions(context, { costing, profiling, target, text });
    const { store, sessions, index, tree } = this;
    this.hints = this.own(new Hints({ store, lastResults, index, actions: hintActions, text, log }));
    const asked = { traces, runs, target, profiling, quantizing, reports, comparing, intents, hintActions, costing };
    for (const command of registerCommands({ ...asked, sessions, index, tree, failures, log: channel }))
      this.own(command);
  }

  /** Another window or the command line may have measured. */
  #followStore(lastResults: LastResults): void {
    const refresh = (): void => {
      for (const session of this.sessions.all) if (session.report) void session.kept.refresh();
    };
    this.own(lastResults.onDidChange(refresh));
  }

  #comparing(
    storage: vscode.Uri,
    failures: FailureReporter,
    services: Omit<ComparingServices, 'store' | 'baselines'>,
  ): Comparing {
    const baselines = this.own(new Baselines(path.join(storage.fsPath, 'baselines')));
    const comparing = new Comparing({ ...services, store: this.store, baselines });
    services.profiling.measured = failures.guard((session) => comparing.check(session));
    return comparing;
  }

  readonly #refreshHints = (): void => {
    this.hints.documents.refresh();
  };

  #costing(context: vscode.ExtensionContext, simulatorScript: string, text: Text, log: Logger): Costing {
    const choices = new ServingChoices(context.workspaceState);
    const { sessions, store } = this;
    const services = { sessions, store, choices, context, simulatorScript, text, log, changed: this.#refreshHints };
    return this.own(new Costing(services));
  }

  #hintActions(
    { workspaceState: memento }: vscode.ExtensionContext,
    services: { costing: Costing; profiling: Profiling; target: Target; text: Text },
  ): HintActions {
    const { choices } = services.costing;
    return new HintActions({ ...services, sessions: this.sessions, choices, memento, changed: this.#refreshHints });
  }
}

const modelName = (session: ModelSession): string => path.basename(session.uri.fsPath).replace(/\.\w+$/, '');
