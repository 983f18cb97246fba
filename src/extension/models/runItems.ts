import * as vscode from 'vscode';

import type { Text } from '../../format/text/text.js';
import { commitText, dateText } from '../../format/views/dates.js';
import { durationWithError } from '../../format/units.js';
import { errorOf } from '../../format/views/trend.js';
import { runSettingsText } from '../../format/views/runSettings.js';
import type { StoredReport } from '../../protocol/store.js';
import { COMMANDS, ITEM_KINDS } from '../ids.js';

export function runsItem(runs: readonly StoredReport[], text: Text): vscode.TreeItem {
  const item = new vscode.TreeItem(text('extension.runs'), vscode.TreeItemCollapsibleState.Collapsed);
  item.id = `runs ${runs[0]?.modelPath ?? ''}`;
  item.description = String(runs.length);
  item.iconPath = new vscode.ThemeIcon('history');
  item.contextValue = ITEM_KINDS.runs;
  return item;
}

/** A click opens the run. */
export function runItem(node: { kind: 'run'; stored: StoredReport; label: string }, text: Text): vscode.TreeItem {
  const { stored, label } = node;
  const date = dateText(stored.createdAt, 'second');
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.None);
  const median =
    stored.medianNs === null
      ? text('extension.report.partial')
      : durationWithError(stored.medianNs, stored.confidenceNs && errorOf(stored.confidenceNs));
  const commit = commitText(stored.git);
  const settings = runSettingsText(stored.settings, text);
  const elsewhere = stored.foreign ? text('trend.elsewhere') : '';
  item.id = `run ${stored.file}`;
  item.description = [median, elsewhere, commit].filter((part) => part !== '').join(' · ');
  item.tooltip = [date, median, settings, stored.cpuModel, stored.runtimeVersion, commit, stored.contentSha256 ?? '']
    .filter((part) => part !== '')
    .join('\n');
  // A tooltip would be read in place of the name that the user gave.
  const pinned = stored.pinned ? text('trend.pinned') : '';
  const spoken = [stored.name ?? '', date, item.description, pinned].filter((part) => part !== '');
  item.accessibilityInformation = { label: spoken.join(', ') };
  item.iconPath = new vscode.ThemeIcon(stored.pinned ? 'pinned' : stored.foreign ? 'cloud-download' : 'pulse');
  item.contextValue = stored.pinned ? ITEM_KINDS.pinnedRun : ITEM_KINDS.run;
  item.command = { command: COMMANDS.openRun, title: text('extension.action.openReport'), arguments: [node] };
  return item;
}
