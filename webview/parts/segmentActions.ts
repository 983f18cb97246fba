/** What a segment is called and where it leads. */

import type { Text } from '../../src/format/text/text.js';
import { integer } from '../../src/format/units.js';
import { hasOwnRow } from '../../src/format/views/hotspots.js';
import type { ModuleNode } from '../../src/format/views/layers.js';
import type { ScenarioIndex } from '../../src/format/views/scenarioIndex.js';
import type { Segment } from '../../src/format/views/segments.js';
import type { Context } from '../context.js';

export function segmentName(segment: Segment, text: Text): string {
  switch (segment.kind) {
    case 'module':
    case 'kernel':
      return segment.label ?? '';
    case 'sameType':
      return text('page.layers.sameType', { opType: segment.label ?? '', count: integer(segment.count) });
    case 'layout':
      return text('page.layers.layout');
    case 'rest':
      return text('page.layers.rest', { count: integer(segment.count) });
    case 'outside':
      return text('page.layers.outside');
  }
}

/** Its row in the hotspots, opened, from whatever view. */
export function openKernel({ actions, ui }: Context, index: ScenarioIndex, id: string): void {
  const key = `kernel:${id}`;
  const kernel = index.scenario.kernels.find((one) => one.id === id);
  const hasRow = kernel !== undefined && hasOwnRow(index, kernel);
  actions.change({
    tab: 'overview',
    groupBy: 'kernel',
    filter: hasRow ? '' : 'trusted:no',
    showAll: true,
    expanded: [...ui.expanded.filter((one) => one !== key), key],
  });
  actions.reveal(`[data-row="${CSS.escape(key)}"]`);
}

/** One kernel: its row, opened. Several: the filter that shows them. */
export function showKernels(context: Context, index: ScenarioIndex, node: ModuleNode, segment: Segment): void {
  const { actions } = context;
  const only = segment.kernelIds.length === 1 ? segment.kernelIds[0] : undefined;
  if (segment.kind === 'kernel' && only !== undefined) {
    openKernel(context, index, only);
    return;
  }
  if (segment.kind === 'outside') {
    actions.reveal('#hotspots-sum');
    return;
  }
  const inside = node.path === '' ? '' : `in:"${node.path.replaceAll('"', '')}"`;
  const what =
    segment.kind === 'layout' ? 'kind:layout' : segment.kind === 'sameType' ? `op:${segment.label ?? ''}` : '';
  actions.change({ groupBy: 'kernel', filter: `${inside} ${what}`.trim(), expanded: [] });
  actions.reveal('#filter');
}
