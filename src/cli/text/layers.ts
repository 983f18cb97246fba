import { durationUnit, decimalsFor, inUnit, decimal, integer } from '../../format/units.js';
import { moduleTree, type ModuleNode } from '../../format/views/layers.js';
import { plainName } from '../../format/views/names.js';
import { shareOf, type ScenarioIndex } from '../../format/views/scenarioIndex.js';
import type { Terminal } from '../terminal.js';
import { bar, table } from './table.js';

const LAYERS_SHOWN = 8;
const BAR_WIDTH = 24;

/** The outermost modules by time, the largest one opened once. */
export function layerLines(index: ScenarioIndex, { text }: Terminal): string[] {
  const root = moduleTree(index);
  if (root.children.length === 0) return [];
  const shown = byTime(root.children);
  const largest = shown[0];
  if (!largest || largest.timeNs === 0) return [];
  const unit = durationUnit(largest.timeNs);
  const decimals = Math.max(1, decimalsFor(largest.timeNs / unit.scale));
  const line = (node: ModuleNode, indent: string): string[] => [
    `${indent}${plainName(node.label)}`,
    decimal(shareOf(index, node.timeNs) * 100, 1),
    bar(node.timeNs / largest.timeNs, BAR_WIDTH),
    inUnit(node.timeNs, unit, decimals),
    integer(node.kernelCount),
  ];
  const rows = shown.slice(0, LAYERS_SHOWN).flatMap((node) => {
    const inside = node === largest ? byTime(node.children).slice(0, LAYERS_SHOWN / 2) : [];
    return [line(node, ''), ...inside.map((child) => line(child, '  '))];
  });
  const columns = [
    { heading: text('cli.column.module'), align: 'left', maximum: 48 },
    { heading: '%', align: 'right' },
    { heading: text('cli.column.share'), align: 'left' },
    { heading: unit.label, align: 'right' },
    { heading: text('cli.column.kernels'), align: 'right' },
  ] as const;
  const more = shown.length - LAYERS_SHOWN;
  const lines = table(columns, rows);
  return more > 0 ? [...lines, text('page.more', { number: more })] : lines;
}

const byTime = (nodes: readonly ModuleNode[]): ModuleNode[] => [...nodes].sort((a, b) => b.timeNs - a.timeNs);
