import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';

import type { App } from '../../src/extension/app.js';
import { COMMANDS } from '../../src/extension/ids.js';
import { hintReport } from '../unit/support/hintReport.js';
import { activated, eventually, modelFile, workspaceFile } from './extension.js';

const DEPLOYMENT = [
  'apiVersion: apps/v1',
  'kind: Deployment',
  'metadata: { name: ocr }',
  'spec:',
  '  replicas: 3',
  '  template:',
  '    spec:',
  '      nodeSelector: { node.kubernetes.io/instance-type: c7a.large }',
  '      containers:',
  '        - image: registry.example/ocr',
  '          env: [{ name: MODEL, value: models/cls.onnx }]',
  '          resources: { requests: { cpu: "1" }, limits: { memory: 16Mi } }',
  '',
].join('\n');

const SETTINGS = {
  serving: { rate: 50, targetMs: 150, thisMachine: 'c7a.large' },
  pipelines: [{ name: 'page', steps: [{ model: 'models/cls.onnx', callsPerRequest: 3 }] }],
};
const hintsSetting = (value: boolean | undefined): Thenable<void> =>
  vscode.workspace.getConfiguration('inferenceProfiler').update('hints', value, vscode.ConfigurationTarget.Global);

/** For what no event announces. */
const ticks: vscode.Event<unknown> = (listener) => {
  const timer = setInterval(() => {
    listener(undefined);
  }, 50);
  return new vscode.Disposable(() => {
    clearInterval(timer);
  });
};

describe('hints in serving configs', () => {
  let app: App;
  let document: vscode.TextDocument;
  const whole = (): vscode.Range => new vscode.Range(0, 0, document.lineCount, 0);
  const inlays = async (): Promise<string[]> => {
    const found = await vscode.commands.executeCommand<vscode.InlayHint[]>(
      'vscode.executeInlayHintProvider',
      document.uri,
      whole(),
    );
    return found
      .sort((a, b) => a.position.compareTo(b.position))
      .map(({ position, label }) => {
        const words = typeof label === 'string' ? label : label.map(({ value }) => value).join('');
        return `${position.line + 1}: ${words}`;
      });
  };
  const lenses = async (): Promise<string[]> => {
    const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
    );
    return found.map(({ command }) => command?.title ?? '');
  };
  const diagnostics = (): vscode.Diagnostic[] => vscode.languages.getDiagnostics(document.uri);
  const replace = async (from: string, to: string): Promise<void> => {
    const at = document.getText().indexOf(from);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(document.positionAt(at), document.positionAt(at + from.length)), to);
    assert.ok(at >= 0 && (await vscode.workspace.applyEdit(edit)));
  };

  before(async () => {
    app = await activated();
    const model = modelFile('cls').fsPath;
    const report = hintReport(model, { createdAt: new Date(Date.now() + 60_000).toISOString() });
    const { size } = await vscode.workspace.fs.stat(modelFile('cls'));
    report.model.fileBytes = size;
    report.reportId = 'hints-report';
    await app.store.put(report, { modelPath: model });
    await writeFile(workspaceFile('inference-profiler.json').fsPath, JSON.stringify(SETTINGS));
    await writeFile(workspaceFile('app.yaml').fsPath, DEPLOYMENT);
    document = await vscode.workspace.openTextDocument(workspaceFile('app.yaml'));
    await vscode.window.showTextDocument(document);
    await eventually(app.hints.documents.onDidChange, async () => (await inlays()).length > 0);
  });

  after(async () => {
    await hintsSetting(undefined);
    await app.store.remove('hints-report');
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.workspace.fs.delete(workspaceFile('inference-profiler.json'));
    await vscode.workspace.fs.delete(workspaceFile('app.yaml'));
  });

  it('stand behind the fields that set the bill, from the stored report', async () => {
    assert.deepEqual(await inlays(), [
      '5: ≈ $225/month · p95 83.7 ms at 50 req/s',
      '8: $0.1026/h · carries 25.0 req/s, measured here',
      '11: 40.0 ms ± 0.5 · 2 threads',
      '12: 1 pod on each c7a.large',
      '12: does not fit: model alone 118 MiB at peak',
    ]);
    assert.deepEqual(await lenses(), [
      '3 × c7a.large: $225/month, p95 83.7 ms at 50 req/s',
      'Open Cost View',
      'Profile Model',
      'Compare Instances',
    ]);
  });

  it('follow an edit, and hover into their parts', async () => {
    await replace('replicas: 3', 'replicas: 4');
    assert.equal((await inlays())[0], '5: ≈ $300/month · p95 52.5 ms at 50 req/s');
    const at = document.positionAt(document.getText().indexOf('replicas: 4') + 'replicas: '.length);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      at,
    );
    const markdown = hovers
      .flatMap(({ contents }) => contents.map((each) => (each as vscode.MarkdownString).value))
      .join('');
    assert.match(markdown, /a month for this Deployment/);
    assert.match(markdown, new RegExp(`command:${COMMANDS.hintAction}`));
    await replace('replicas: 4', 'replicas: 3');
  });

  it('warn where memory cannot fit, offer what would, and take it', async () => {
    await eventually(vscode.languages.onDidChangeDiagnostics, () => diagnostics().length > 0);
    const [warning] = diagnostics();
    assert.equal(warning?.severity, vscode.DiagnosticSeverity.Warning);
    assert.equal(document.getText(warning.range), 'memory: 16Mi');
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      warning.range,
    );
    const fix = actions.find(({ title }) => title.startsWith('Set memory'));
    assert.ok(fix?.edit && fix.isPreferred);
    assert.ok(actions.some(({ title }) => title === 'Do Not Warn in This File'));
    await vscode.workspace.applyEdit(fix.edit);
    assert.match(document.getText(), /memory: 148Mi/);
    await eventually(vscode.languages.onDidChangeDiagnostics, () => diagnostics().length === 0);
  });

  it('give the command of the cost view for another machine, which names it', async () => {
    await vscode.env.clipboard.writeText('');
    const action = { type: 'measureThere', modelPath: modelFile('cls').fsPath, instance: 'c7g.large' };
    const asked = vscode.commands.executeCommand(COMMANDS.hintAction, action);
    // The question between a command and a script; its first answer.
    await eventually(ticks, async () => {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return (await vscode.env.clipboard.readText()) !== '';
    });
    await asked;
    assert.match(
      await vscode.env.clipboard.readText(),
      /cost cls\.onnx.* --this-machine c7g\.large --json measured-c7g\.large\.json$/,
    );
  });

  it('go with the setting, and come back', async () => {
    await hintsSetting(false);
    await eventually(app.hints.documents.onDidChange, async () => (await inlays()).length === 0);
    assert.deepEqual(await lenses(), []);
    await hintsSetting(undefined);
    await eventually(app.hints.documents.onDidChange, async () => (await inlays()).length > 0);
  });

  it('open the panel of the model from the lens', async () => {
    const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
    );
    const open = found.find(({ command }) => command?.title === 'Open Cost View')?.command;
    assert.ok(open);
    await vscode.commands.executeCommand(open.command, ...((open.arguments ?? []) as unknown[]));
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs.map(({ label }) => label));
    assert.ok(tabs.some((label) => label.includes('cls')));
    const { cost } = app.sessions.get(modelFile('cls'));
    assert.deepEqual([cost.asked?.instance, cost.asked?.replicas], ['c7a.large', 3]);
    // By the simulating thread, soon after the formula.
    const session = app.sessions.get(modelFile('cls'));
    const shown = () => cost.value?.section.options.find(({ instance }) => instance === 'c7a.large');
    await eventually(session.onDidChange, () => shown()?.estimate === 'simulation');
    // Of whole requests, three calls each: the workspace's file says so, and what hold 50 calls do not hold these.
    assert.deepEqual([cost.value?.section.unit, cost.value?.request?.name], ['request', 'page']);
    assert.ok((shown()?.replicas ?? 0) > 6, String(shown()?.replicas));
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await vscode.window.showTextDocument(document);
  });
});
