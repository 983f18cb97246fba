/** Layers: a strip of modules, the chosen one opened to full width below it. */

import { html, nothing, type TemplateResult } from 'lit/html.js';
import { repeat } from 'lit/directives/repeat.js';
import { styles } from '../controls/styles.js';
import { decimalsFor, durationUnit, integer, inUnit, percent } from '../../src/format/units.js';
import { moduleBasis, moduleTree, trailTo, type ModuleNode } from '../../src/format/views/layers.js';
import { plainName, shortenMiddle } from '../../src/format/views/names.js';
import { shareOf, type ScenarioIndex } from '../../src/format/views/scenarioIndex.js';
import { segmentsOf, type Segment } from '../../src/format/views/segments.js';
import { icon } from '../controls/icon.js';
import { middleEllipsis } from '../controls/middleEllipsis.js';
import type { Context } from '../context.js';
import { layersTree } from './layersTree.js';
import { legendRow } from './legend.js';
import { segmentName, showKernels } from './segmentActions.js';

/** A longer name may be cut in its middle; a shorter one stands whole or not at all. */
const LONGEST_WHOLE = 20;

export function layers(context: Context, index: ScenarioIndex): TemplateResult {
  const { text, ui } = context;
  const root = moduleTree(index);
  const trail = trailTo(root, ui.module ?? largest(root)?.path ?? '');
  return html`<section id="layers" class="layers" aria-labelledby="layers-title">
    <div class="section-head">
      <h2 id="layers-title">${text('page.layers')}</h2>
      ${context.narrow ? nothing : crumbs(context, trail)}
      <span class="spring"></span>
      <span class="note">${basisNote(context, index)}</span>
    </div>
    ${
      root.kernelCount === 0
        ? html`<p class="waiting">${text('page.layers.empty')}</p>`
        : html`${context.narrow ? layersTree(context, index, root) : strips(context, index, trail)}
          ${legendRow(context, index)}`
    }
  </section>`;
}

const largest = (node: ModuleNode): ModuleNode | null =>
  node.children.reduce<ModuleNode | null>((best, child) => (best && best.timeNs >= child.timeNs ? best : child), null);

function basisNote({ text }: Context, index: ScenarioIndex): string {
  const basis = text(`page.layers.${moduleBasis(index)}`);
  if (!index.draft) return basis;
  return `${text.plural('page.layers.draft', index.scenario.run.tracedRuns, { runs: integer(index.scenario.run.tracedRuns) })} · ${basis}`;
}

function crumbs(context: Context, trail: readonly ModuleNode[]): TemplateResult {
  const { text, actions } = context;
  return html`<nav class="crumbs" aria-label=${text('page.layers.trail')}>
    ${trail.map((node, position) => {
      const label = node.path === '' ? text('page.layers.model') : shortenMiddle(node.label, 40);
      const separator = position === 0 ? nothing : icon('chevron-right');
      if (position === trail.length - 1)
        return html`${separator}<span aria-current="true" title=${node.path}>${label}</span>`;
      return html`${separator}<button
          type="button"
          class="crumb"
          @click=${() => {
            actions.change({ module: node.path });
          }}
        >
          ${label}
        </button>`;
    })}
  </nav>`;
}

function strips(context: Context, index: ScenarioIndex, trail: readonly ModuleNode[]): TemplateResult {
  const chosen = trail[trail.length - 1]!;
  const parent = trail[trail.length - 2];
  if (!parent) return strip(context, index, chosen, null);
  const segments = segmentsOf(index, parent);
  let before = 0;
  for (const segment of segments) {
    if (segment.path === chosen.path) break;
    before += segment.width;
  }
  const own = segments.find((segment) => segment.path === chosen.path)?.width ?? 0;
  return html`${strip(context, index, parent, chosen.path, segments)}
  ${own > 0 ? funnel(before, own) : html`<div class="gap"></div>`} ${strip(context, index, chosen, null)}`;
}

/** Leads the eye from the chosen segment to its full width. */
const funnel = (from: number, width: number): TemplateResult =>
  html`<div
    class="funnel"
    aria-hidden="true"
    ${styles({ 'clip-path': `polygon(${from * 100}% 0, ${(from + width) * 100}% 0, 100% 100%, 0 100%)` })}
  ></div>`;

function strip(
  context: Context,
  index: ScenarioIndex,
  node: ModuleNode,
  chosen: string | null,
  segments = segmentsOf(index, node),
): TemplateResult {
  const { text, actions } = context;
  const module = node.path === '' ? text('page.layers.model') : node.path;
  const label = chosen === null ? 'page.layers.inner' : 'page.layers.strip';
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowUp' && event.key !== 'Escape') return;
    if (chosen !== null && event.key === 'Escape') return;
    event.preventDefault();
    // Up from the opened module's strip leads to its own segment; up from there to what holds it.
    const own = chosen ?? node.path;
    if (chosen === null) actions.reveal('.strip .segment.chosen');
    else actions.change({ module: own.includes('/') ? parentPath(index, own) : own });
  };
  // One unit and one count of decimals for the whole strip.
  const longestNs = segments.reduce((most, segment) => Math.max(most, segment.timeNs), 1);
  const unit = durationUnit(longestNs);
  const decimals = Math.max(1, decimalsFor(longestNs / unit.scale));
  const timeIn = (ns: number): string => `${inUnit(ns, unit, decimals)} ${unit.label}`;
  return html`<div
    class="strip ${chosen === null ? 'inner' : 'outer'}"
    role="group"
    data-roving
    aria-label=${text(label, { module: plainName(module) })}
    @keydown=${onKey}
  >
    ${repeat(
      segments,
      (segment) => segment.key,
      (segment) =>
        segmentButton(context, index, node, segment, {
          chosen: segment.path !== null && segment.path === chosen,
          timeIn,
        }),
    )}
  </div>`;
}

function parentPath(index: ScenarioIndex, path: string): string {
  const trail = trailTo(moduleTree(index), path);
  return trail[trail.length - 2]?.path === '' ? path : (trail[trail.length - 2]?.path ?? path);
}

function segmentButton(
  context: Context,
  index: ScenarioIndex,
  node: ModuleNode,
  segment: Segment,
  { chosen, timeIn }: { chosen: boolean; timeIn: (ns: number) => string },
): TemplateResult {
  const { text } = context;
  const name = segmentName(segment, text);
  const share = percent(shareOf(index, segment.timeNs), 1);
  const time = timeIn(segment.timeNs);
  const code = segment.kind === 'module' ? 'page.layers.segmentModule' : 'page.layers.segment';
  const full = text(code, { name: plainName(segment.path ?? name), share, time, count: integer(segment.count) });
  const open = (): void => {
    if (segment.path !== null) context.actions.change({ module: segment.path });
    else showKernels(context, index, node, segment);
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowDown') return;
    event.preventDefault();
    event.stopPropagation();
    if (segment.path !== null && !chosen) open();
    if (segment.path !== null) context.actions.reveal('.strip.inner [data-roving-item]');
  };
  return html`<button
    type="button"
    class="segment fill-${segment.category} ${chosen ? 'chosen' : ''}"
    ${styles({ 'flex-grow': String(Math.max(segment.width, 0.0005) * 1000) })}
    title=${full}
    aria-label=${full}
    aria-pressed=${segment.path === null ? nothing : String(chosen)}
    data-roving-item
    ?data-roving-first=${chosen}
    data-key=${segment.key}
    @click=${open}
    @keydown=${onKey}
  >
    <span class="segment-name"
      ><span class=${name.length > LONGEST_WHOLE ? 'long' : ''}>${middleEllipsis(shortenMiddle(name, 120))}</span></span
    >
    <span class="segment-time"
      ><span>${segment.kind === 'module' ? share : time}</span>${
        segment.kind === 'module' ? html`<span class="segment-more"> · ${time}</span>` : nothing
      }</span
    >
  </button>`;
}
