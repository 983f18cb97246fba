import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { catalogue } from '../../src/format/text/catalogue.js';
import { createText } from '../../src/format/text/text.js';

const bundleFile = path.resolve(import.meta.dirname, '../../media/l10n/bundle.l10n.json');
const parameters = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').sort();

describe('the text catalogue', () => {
  it('is in the bundle that the build writes and translators copy', () => {
    const bundle = JSON.parse(readFileSync(bundleFile, 'utf8')) as Record<string, string>;
    assert.deepEqual(Object.keys(bundle), [...new Set<string>(Object.values(catalogue))].sort());
  });

  it('gives a singular no parameter that its plural lacks', () => {
    const templates: Record<string, string> = catalogue;
    for (const [code, singular] of Object.entries(templates).filter(([key]) => key.endsWith('.one'))) {
      const plural = templates[code.slice(0, -'.one'.length)];
      assert.ok(plural !== undefined, code);
      const known = new Set([...parameters(plural), 'count']);
      assert.deepEqual(
        parameters(singular).filter((name) => !known.has(name)),
        [],
        code,
      );
    }
  });

  it('fills parameters once, takes a translation by its English text, and shows an unknown code as it is', () => {
    const text = createText();
    assert.equal(text('error.bug', { text: '{text} <b>' }), 'Something went wrong in Inference Profiler: {text} <b>');
    assert.equal(createText({ 'Cancelled.': 'Abgebrochen.' })('error.cancelled'), 'Abgebrochen.');
    assert.equal(text.message({ code: 'constructor', params: {} }), 'constructor');
  });
});
