/** A measured report whose names come from somebody who means harm, or writes in every script. */

import { buildReport } from '../webview/reportFixture.js';
import type { Report } from '../../src/protocol/report.js';

export const HOSTILE_NAMES = [
  '<img src=x onerror="window.hacked=1">',
  '</script><script>window.hacked=1</script>',
  '```\n<script>window.hacked=1</script>\n```',
  '`` ` <b onclick=window.hacked=1>b</b>',
  'a|b\\|c | d',
  '[x](javascript:window.hacked=1) ![y](http://a.invalid/y.png) <http://a.invalid>',
  '@everyone #1 https://a.invalid/x www.a.invalid :tada: &lt;i&gt; $x$',
  '👩‍👩‍👧‍👦 🇩🇪 ✓',
  '\u202eשלום עולם\u202c مرحبا',
  '=cmd|"/C calc"!A0',
  '+1+1',
  '-2+3',
  '@SUM(A1:A9)',
  '\t=1+1',
  ' =HYPERLINK("http://a.invalid","x")',
  '＝1+1',
  '__proto__',
  '{name} **bold** _x_ ~~y~~',
  '# heading',
  'long-'.repeat(2000),
] as const;

/** Kernels, operators, modules, tensors, labels, the file, the licence and a warning bear them in turn. */
export function hostileReport(kernels = 60): Report {
  const report = structuredClone(buildReport({ kernels }));
  const name = (position: number): string => HOSTILE_NAMES[position % HOSTILE_NAMES.length] ?? '';
  report.model.path = `models/${name(0)}.onnx`;
  report.model.licence = name(1);
  report.model.metadata = Object.fromEntries(HOSTILE_NAMES.map((each, index) => [`${each} ${index}`, each]));
  report.model.producer = { name: name(0), version: name(2) };
  report.environment.cpuModel = name(0);
  for (const [index, operator] of report.operators.entries()) {
    operator.name = `${name(index)}${index >= HOSTILE_NAMES.length ? index : ''}`;
    operator.module = [name(index), name(index + 3)].join('/');
  }
  for (const [index, tensor] of report.tensors.entries()) tensor.name = name(index + 1);
  for (const scenario of report.scenarios) {
    scenario.label = name(0);
    for (const [index, kernel] of scenario.kernels.entries()) {
      kernel.name = name(index);
      kernel.module = [name(index), name(index + 3)].join('/');
      if (index % 7 === 3) kernel.opType = name(index);
    }
    scenario.warnings.push({ code: name(2), params: {} });
  }
  return report;
}
