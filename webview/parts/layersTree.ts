/** Layers in one narrow column: a tree of rows with bars. */

import { html, nothing, type TemplateResult } from 'lit/html.js';
import { repeat } from 'lit/directives/repeat.js';
import { styles } from '../controls/styles.js';
import { decimal, decimalsFor, durationUnit, inUnit } from '../../src/format/units.js';
import { trailTo, type ModuleNode } from '../../src/format/views/layers.js';
import { shortenMiddle } from '../../src/format/views/names.js';
import { shareOf, type ScenarioIndex } from '../../src/format/views/scenarioIndex.js';
import { segmentsOf, type Segment } from '../../src/format/views/segments.js';
import { icon } from '../controls/icon.js';
import type { Context } from '../context.js';
import { segmentName, showKernels } from './segmentActions.js';

interface TreeRow {
  node: ModuleNode;
  segment: Segment;
  level: number;
  open: boolean;
}

/** The root's segments, and below each module on the way to the chosen one its own. */
function treeRows(index: ScenarioIndex, root: ModuleNode, chosen: string): TreeRow[] {
  const onTrail = new Map(trailTo(root, chosen).map((node) => [node.path, node]));
  const rows: TreeRow[] = [];
  const add = (node: ModuleNode, level: number): void => {
    for (const segment of segmentsOf(index, node)) {
      const inner = segment.path === null ? undefined : onTrail.get(segment.path);
      rows.push({ node, segment, level, open: inner !== undefined });
      if (inner) add(inner, level + 1);
    }
  };
  add(root, 1);
  return rows;
}

export function layersTree(context: Context, index: ScenarioIndex, root: ModuleNode): TemplateResult {
  const { text, ui } = context;
  const rows = treeRows(index, root, ui.module ?? '');
  const longest = rows.reduce((most, row) => Math.max(most, row.segment.timeNs), 1);
  const unit = durationUnit(longest);
  const decimals = Math.max(1, decimalsFor(longest / unit.scale));
  return html`<div class="tree" role="treegrid" aria-labelledby="layers-title" @keydown=${onKey}>
    <div class="tree-row head" role="row">
      <span role="columnheader">${text('page.layers.module')}</span>
      <span role="columnheader" class="number">${text('page.layers.share')}</span>
      <span role="columnheader" class="number">${text('page.layers.time', { unit: unit.label })}</span>
    </div>
    ${repeat(
      rows,
      (row) => `${row.node.path}|${row.segment.key}`,
      (row, position) =>
        treeRow(context, index, row, position, { longest, cells: inUnit(row.segment.timeNs, unit, decimals) }),
    )}
  </div>`;
}

function treeRow(
  context: Context,
  index: ScenarioIndex,
  row: TreeRow,
  position: number,
  { longest, cells }: { longest: number; cells: string },
): TemplateResult {
  const { segment, level, open } = row;
  const name = segmentName(segment, context.text);
  const toggle = (): void => {
    if (segment.path !== null) context.actions.change({ module: open ? row.node.path : segment.path });
    else showKernels(context, index, row.node, segment);
  };
  return html`<div
    class="tree-row level-${Math.min(level, 6)} ${open ? 'open' : ''}"
    role="row"
    aria-level=${level}
    aria-expanded=${segment.path === null ? nothing : String(open)}
    tabindex=${position === 0 ? 0 : -1}
    @click=${toggle}
    @keydown=${(event: KeyboardEvent) => {
      const wants =
        event.key === 'Enter' || (event.key === 'ArrowRight' && !open) || (event.key === 'ArrowLeft' && open);
      if (!wants || (event.key !== 'Enter' && segment.path === null)) return;
      event.preventDefault();
      toggle();
    }}
  >
    <span role="gridcell" class="tree-name" title=${segment.path ?? name}>
      ${segment.path === null ? html`<span class="twistie"></span>` : icon(open ? 'chevron-down' : 'chevron-right', 'twistie')}
      <span class="ellipsis">${shortenMiddle(name, 40)}</span>
      <span class="bar-track" aria-hidden="true"
        ><span class="bar fill-${segment.category}" ${styles({ width: `${(segment.timeNs / longest) * 100}%` })}></span
      ></span>
    </span>
    <span role="gridcell" class="number">${decimal(shareOf(index, segment.timeNs) * 100, 1)}</span>
    <span role="gridcell" class="number">${cells}</span>
  </div>`;
}

/** Up and down between rows; one tab stop. */
function onKey(event: KeyboardEvent): void {
  const tree = event.currentTarget as HTMLElement;
  const rows = [...tree.querySelectorAll<HTMLElement>('[role="row"][tabindex]')];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const target = event.key === 'ArrowDown' ? rows[at + 1] : event.key === 'ArrowUp' ? rows[at - 1] : undefined;
  if (!target || at < 0) return;
  event.preventDefault();
  for (const row of rows) row.tabIndex = row === target ? 0 : -1;
  target.focus();
}
