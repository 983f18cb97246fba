/** The report as one file for any browser: the panel's own page with the report inlined, so that both show the same. */

import { createHash } from 'node:crypto';

import type { Comparison } from '../../protocol/compare.js';
import type { Report } from '../../protocol/report.js';
import { provenanceOnly } from './provenanceOnly.js';
import type { PageChoices, PageState } from '../../protocol/webview.js';

/** A comparison, and the report on its side before. */
export interface Compared {
  comparison: Comparison;
  base: Report;
}

export interface PageBundle {
  /** JavaScript and CSS of the page, as built. */
  script: string;
  style: string;
}

/**
 * Loads nothing, runs nothing but the page's own script, sends nothing anywhere. With a comparison, whose new side is the
 * report, it opens on that, and says of both sides how their figures were obtained.
 */
export function writeHtml(report: Report, { script, style }: PageBundle, compared: Compared | null = null): string {
  const inlineScript = normalized(script).replace(/<(?=\/script|!--)/gi, String.raw`\x3c`);
  const inlineStyle = normalized(style).replace(/<(?=\/style)/gi, String.raw`\3c `);
  const policy = [
    "default-src 'none'",
    `script-src ${hashSource(inlineScript)}`,
    // The toolkit's style element is empty when it is added; its rules come by script.
    `style-src ${hashSource(inlineStyle)} ${hashSource('')}`,
    'img-src data:',
    'font-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const state = documentState(report, compared);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="generator" content="inference-profiler">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(state.model.fileName)} – Inference Profiler</title>
<style>${inlineStyle}</style>
</head>
<body>
<script type="application/json" id="page-state">${inlineJson(state)}</script>
<script>${inlineScript}</script>
</body>
</html>
`;
}

/** What an exported page shows: the report, with the choices of its first scenario. */
export function documentState(report: Report, compared: Compared | null = null): PageState {
  const parts = report.model.path.split(/[\\/]/);
  const fileName = parts.at(-1) ?? '';
  const location = report.model.path.slice(0, -fileName.length - 1);
  return {
    surface: 'document',
    textBundle: null,
    model: { fileName, location, outsideWorkspace: false },
    report,
    run: null,
    failure: null,
    choices: choicesOf(report),
    stale: null,
    needs: null,
    ...(compared && { comparison: compared.comparison, comparedWith: provenanceOnly(compared.base), comparedAt: 1 }),
  };
}

function choicesOf(report: Report): PageChoices {
  const scenario = report.scenarios[0];
  const file = scenario?.inputs.map(({ source }) => source).find((source) => source.startsWith('file:'));
  return {
    dimensions: (scenario?.dimensions ?? []).map(({ name, value, source }) => ({
      name,
      value,
      assumed: source === 'symbolName' || source === 'default',
    })),
    provider: scenario?.run.provider ?? 'cpu',
    threads: scenario?.run.threads ?? 0,
    optimization: scenario?.run.optimization ?? 'all',
    input: file?.slice('file:'.length) ?? 'synthetic',
    inputAssumed: file === undefined,
    seed: scenario?.run.seed ?? 0,
  };
}

/** A parser of HTML reads a carriage return as a line feed, before hashes are compared. */
const normalized = (text: string): string => text.replace(/\r\n?/g, '\n');

const hashSource = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** In JSON, '<' stands only inside strings: escaped, nothing in it can end the element or open a comment. */
const inlineJson = (value: unknown): string => JSON.stringify(value).replaceAll('<', String.raw`\u003c`);

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
