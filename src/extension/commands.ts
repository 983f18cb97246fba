import * as vscode from 'vscode';

import type { Costing } from './actions/costing.js';
import type { Intents } from './actions/intents.js';
import type { Profiling } from './actions/profiling.js';
import type { Quantizing } from './actions/quantizing.js';
import type { Comparing } from './compare/comparing.js';
import type { Reports } from './actions/reports.js';
import { shareWithTeam } from './actions/sharing.js';
import type { Runs } from './actions/runs.js';
import type { Target } from './actions/target.js';
import type { Traces } from './actions/traces.js';
import { COMMANDS, type CommandName } from './ids.js';
import type { HintActions } from './hints/hintActions.js';
import type { ModelIndex } from './models/modelIndex.js';
import type { ModelsTree } from './models/modelsTree.js';
import type { FailureReporter } from './platform/failures.js';
import type { ModelSession } from './session/modelSession.js';
import type { Sessions } from './session/sessions.js';

export interface CommandServices {
  sessions: Sessions;
  target: Target;
  traces: Traces;
  runs: Runs;
  profiling: Profiling;
  quantizing: Quantizing;
  reports: Reports;
  comparing: Comparing;
  costing: Costing;
  intents: Intents;
  index: ModelIndex;
  tree: ModelsTree;
  failures: FailureReporter;
  log: vscode.LogOutputChannel;
  hintActions: HintActions;
}

/** In a tree also with all rows that are selected. */
type Handler = (argument: unknown, selected?: unknown) => unknown;

/** Registers every command; each one's errors end at the reporter. */
export function registerCommands(services: CommandServices): vscode.Disposable[] {
  const handlers: Record<CommandName, Handler> = {
    ...modelCommands(services),
    ...windowCommands(services),
    ...runCommands(services),
  };
  return (Object.keys(handlers) as CommandName[]).map((name) =>
    vscode.commands.registerCommand(COMMANDS[name], services.failures.guard(handlers[name])),
  );
}

/** About one model. */
function modelCommands(services: CommandServices) {
  const { sessions, target, profiling, quantizing, reports, comparing, intents } = services;
  const withSession =
    (action: (session: ModelSession) => unknown): Handler =>
    async (argument) => {
      const uri = await target.model(argument);
      if (uri) await action(sessions.get(uri));
    };
  return {
    profile: withSession((session) => profiling.profile(session)),
    inspect: withSession((session) => profiling.inspect(session)),
    measureLonger: withSession((session) => profiling.measureLonger(session)),
    compareProviders: withSession((session) => profiling.compareProviders(session)),
    tryQuantization: withSession((session) => quantizing.tryQuantization(session)),
    saveQuantizedModel: withSession((session) => quantizing.save(session)),
    compareWith: withSession((session) => comparing.compare(session, 'pick')),
    compareLast: withSession((session) => comparing.compare(session, 'last')),
    compareHead: withSession((session) => comparing.compare(session, 'head')),
    compareBaseline: withSession((session) => comparing.compare(session, 'baseline')),
    pinBaseline: withSession((session) => comparing.pin(session)),
    unpinBaseline: withSession((session) => comparing.unpin(session)),
    changeDimension: withSession((session) => intents.changeDimension(session)),
    shareSettings: withSession(shareWithTeam),
    exportReport: withSession((session) => reports.exportTo(session)),
    copyMarkdown: withSession(async (session) => {
      await session.open();
      await reports.copyMarkdown(session);
    }),
    copyResult: withSession(async (session) => {
      await session.open();
      await reports.copyResult(session);
    }),
    openReport: async (argument: unknown) => {
      if (argument === undefined) await reports.pick();
      else await withSession((session) => profiling.open(session))(argument);
    },
    chooseFile: async () => {
      const uri = await target.chooseFile();
      if (uri) await profiling.profile(sessions.get(uri));
    },
    reveal: withSession((session) => vscode.commands.executeCommand('revealInExplorer', session.uri)),
  } satisfies Partial<Record<CommandName, Handler>>;
}

/** About one kept run, as the tree hands it over. */
function runCommands({ runs }: CommandServices) {
  return {
    openRun: (argument: unknown) => runs.open(argument),
    compareRun: (argument: unknown) => runs.compareWithPicked(argument),
    compareRuns: (argument: unknown, selected?: unknown) => runs.compareSelected(argument, selected),
    renameRun: (argument: unknown) => runs.rename(argument),
    pinRun: (argument: unknown) => runs.pin(argument, true),
    unpinRun: (argument: unknown) => runs.pin(argument, false),
    deleteRun: (argument: unknown, selected?: unknown) => runs.delete(argument, selected),
    exportRun: (argument: unknown) => runs.export(argument),
    importReport: (argument: unknown) => runs.import(argument),
  } satisfies Partial<Record<CommandName, Handler>>;
}

/** About the window. */
function windowCommands({ sessions, traces, index, tree, log, hintActions, costing }: CommandServices) {
  const busy = (): ModelSession | undefined => sessions.all.find((session) => session.isBusy);
  return {
    stop: () => busy()?.stop(),
    cancel: () => busy()?.cancel(),
    openTrace: (argument: unknown) => traces.open(argument),
    refresh: () => index.refresh(),
    copyGitLfsPull: async (argument: unknown) => {
      const node = argument as { model?: { uri: vscode.Uri } } | undefined;
      const path = node?.model ? vscode.workspace.asRelativePath(node.model.uri, false) : null;
      await vscode.env.clipboard.writeText(gitLfsPull(path));
    },
    setRequestRate: () => hintActions.setRate(),
    refreshPrices: () => costing.refreshPrices(sessions.active?.uri ?? null),
    toggleHints: () => hintActions.toggle(),
    hintAction: (argument: unknown) => hintActions.act(argument),
    showModels: () => tree.reveal(),
    showLog: () => {
      log.show();
    },
  } satisfies Partial<Record<CommandName, Handler>>;
}

/** For one file where that can be said safely: what is special to git or to a shell stays out of the command. */
const gitLfsPull = (path: string | null): string =>
  path !== null && /^[\w][\w./-]*$/.test(path) ? `git lfs pull --include="${path}"` : 'git lfs pull';
