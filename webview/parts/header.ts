/** File name, where it is, what can be done with the whole report. */

import { html, nothing, type TemplateResult } from 'lit/html.js';
import { bytes } from '../../src/format/units.js';
import { dateText } from '../../src/format/views/dates.js';
import { opsetText, producerText } from '../../src/format/views/facts.js';
import { plainName, shortenMiddle } from '../../src/format/views/names.js';
import { runLine } from '../../src/format/views/progress.js';
import { resultLine } from '../../src/format/views/resultLine.js';
import type { ExportFormat, PageRun } from '../../src/protocol/webview.js';
import { button, iconButton } from '../controls/button.js';
import { icon } from '../controls/icon.js';
import { menuButton } from '../controls/menu.js';
import type { Context } from '../context.js';
import { isMeasured } from './overview.js';

export function header(context: Context): TemplateResult {
  const { model } = context.state;
  const facts = headerFacts(context);
  return html`<div class="title-row">
    <div class="title">
      <h1 id="file-name" title=${plainName(model.fileName)}>${shortenMiddle(model.fileName, 60)}</h1>
      <span class="title-facts" title=${facts}>${facts}</span>
    </div>
    ${context.live ? actions(context) : nothing}
  </div>`;
}

function headerFacts({ state, text, live }: Context): string {
  const { model, report } = state;
  const location = shortenMiddle(model.location, 60);
  const parts = [model.outsideWorkspace ? text('page.header.outside', { location }) : location];
  if (report) {
    parts.push(bytes(report.model.fileBytes));
    const opset = opsetText(report);
    if (opset !== '') parts.push(text('page.header.opset', { opset }));
    parts.push(shortenMiddle(producerText(report), 40));
    if (!live) parts.push(text('page.header.measured', { date: dateText(report.createdAt) }));
  }
  return parts.filter((part) => part !== '').join(' · ');
}

function actions(context: Context): TemplateResult {
  const { state } = context;
  return html`<div class="actions">${state.run ? runActions(context, state.run) : restActions(context)}</div>`;
}

function runActions({ text, actions: act }: Context, run: PageRun): TemplateResult {
  return html`
    <span class="run-line">${runLine(run, text)}</span>
    ${button({
      id: 'stop',
      label: text('page.run.stop'),
      icon: 'debug-stop',
      primary: true,
      disabled: run.state !== 'running',
      onClick: () => {
        act.post({ type: 'stop' });
      },
    })}
    ${button({
      id: 'cancel',
      label: text('page.run.cancel'),
      onClick: () => {
        act.post({ type: 'cancel' });
      },
    })}
  `;
}

function restActions(context: Context): TemplateResult {
  const { text, actions: act, state, index } = context;
  const measured = isMeasured(context);
  const line = index && resultLine(index, state.model.fileName, text);
  return html`
    ${
      (measured || state.failure) && state.report?.model.nodeCount !== null
        ? button({
            id: 'profile-again',
            label: text('page.header.profileAgain'),
            icon: 'refresh',
            onClick: () => {
              act.post({ type: 'profile' });
            },
          })
        : nothing
    }
    ${
      line === null
        ? nothing
        : iconButton({
            id: 'copy-result',
            label: text('page.header.copyResult'),
            icon: 'copy',
            onClick: () => {
              act.post({ type: 'copy', text: line });
            },
          })
    }
    ${measured ? exportMenu(context) : nothing} ${moreActions(context)}
  `;
}

const FORMATS = ['html', 'markdown', 'csv', 'json', 'trace'] as const satisfies readonly ExportFormat[];

function exportMenu(context: Context): TemplateResult {
  const { text, actions: act } = context;
  const copy = {
    label: text('page.header.copyMarkdown'),
    onSelect: () => {
      act.post({ type: 'copyMarkdown' });
    },
  };
  const formats = FORMATS.map((format) => ({
    label: text(`page.header.export.${format}`),
    onSelect: () => {
      act.post({ type: 'export', format });
    },
  }));
  return menuButton(context, {
    id: 'export',
    className: 'icon-button',
    label: text('page.header.export'),
    title: text('page.header.export'),
    content: icon('export'),
    alignRight: true,
    items: [...formats, copy],
  });
}

function moreActions(context: Context): TemplateResult {
  const { text, actions: act } = context;
  return menuButton(context, {
    id: 'more-actions',
    className: 'icon-button',
    label: text('page.header.moreActions'),
    title: text('page.header.moreActions'),
    content: icon('ellipsis'),
    alignRight: true,
    items: [
      {
        label: text('page.header.openReport'),
        onSelect: () => {
          act.post({ type: 'openReport' });
        },
      },
      {
        label: text('page.header.showLog'),
        onSelect: () => {
          act.post({ type: 'showLog' });
        },
      },
    ],
  });
}
