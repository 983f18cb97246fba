/** What every report prints: its name and inputs, facts in pairs, checks and warnings. */

import type { Fact } from '../../format/views/facts.js';
import { plainName } from '../../format/views/names.js';
import { shape } from '../../format/units.js';
import type { Report, Scenario } from '../../protocol/report.js';
import type { Terminal } from '../terminal.js';
import { section, table } from './table.js';

const INPUTS_SHOWN = 6;
const NOTES_SHOWN = 12;

/** `det.onnx` and its inputs: `x 1 × 3 × 640 × 640 (assumed)`. */
export function titleLine(report: Report, scenario: Scenario | null, { text }: Terminal): string {
  const fileName = plainName(report.model.path.split(/[\\/]/).at(-1) ?? '');
  const inputs = (scenario?.inputs ?? []).map((input) => `${plainName(input.name)} ${shape(input.shape)}`);
  const shown = inputs.slice(0, INPUTS_SHOWN);
  if (inputs.length > INPUTS_SHOWN) shown.push(text('page.more', { number: inputs.length - INPUTS_SHOWN }));
  const assumed = scenario?.dimensions.some(({ source }) => source === 'default' || source === 'symbolName') ?? false;
  const list = shown.join(', ');
  const phase = !scenario || scenario.phase === 'whole' ? [] : [text(`cli.phase.${scenario.phase}`)];
  return [
    fileName,
    ...phase,
    ...(list === '' ? [] : [assumed ? text('page.chip.assumed', { value: list }) : list]),
  ].join('  ·  ');
}

/** Two pairs of label and value side by side. */
export function factLines(facts: readonly Fact[]): string[] {
  return table(
    [{ align: 'left' }, { align: 'left' }],
    facts.map(({ label, value, title }) => [label, title ?? value]),
  );
}

/** What stands out in the file; warnings first. */
export function checkLines(report: Report, { text }: Terminal): string[] {
  const order = { error: 0, warning: 1, info: 2 };
  const checks = [...report.model.checks].sort((a, b) => order[a.severity] - order[b.severity]);
  const lines = checks
    .slice(0, NOTES_SHOWN)
    .map((check) => `${text(`page.severity.${check.severity}`)}: ${text.message(check)}`);
  return section(text('page.tab.checks'), withRest(lines, checks.length, text));
}

/** Warnings of the report and of one scenario. */
export function warningLines(report: Report, scenario: Scenario | null, { text }: Terminal): string[] {
  const warnings = [...report.warnings, ...(scenario?.warnings ?? [])].map((warning) => text.message(warning));
  const unique = [...new Set(warnings)];
  return section(text('page.notes'), withRest(unique.slice(0, NOTES_SHOWN), unique.length, text));
}

function withRest(lines: string[], count: number, text: Terminal['text']): string[] {
  return count > lines.length ? [...lines, text('page.more', { number: count - lines.length })] : lines;
}
