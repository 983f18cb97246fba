import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { isModelPath } from '../../src/core/model/scan.js';
import {
  CANDIDATE_EXTENSIONS,
  excludeGlob,
  isLeftOut,
  pairedCandidates,
} from '../../src/extension/models/candidates.js';

describe('candidate files', () => {
  it('leaves dependencies out on every platform, and nothing that only sounds like them', () => {
    assert.ok(isLeftOut('/w/node_modules/a/m.onnx'));
    assert.ok(isLeftOut('C:\\w\\.venv\\lib\\m.onnx'));
    assert.ok(isLeftOut('/w/env/lib/python3/site-packages/m.onnx'));
    assert.ok(!isLeftOut('/w/my_node_modules_backup/m.onnx'));
  });

  it('adds what search.exclude names, folders with everything in them, conditions and braces aside', () => {
    const glob = excludeGlob({ '**/out': true, '**/off': false, '**/*.js': { when: '$(basename).ts' }, '{a,b}': true });
    assert.match(glob, /^\{.*\}$/);
    assert.ok(glob.includes('**/node_modules/**'));
    assert.ok(glob.includes(',**/out,**/out/**'));
    assert.doesNotMatch(glob.slice(1, -1), /off|\.js|[{}]/);
  });

  it('takes an .xml only with its .bin, and a .bin never', () => {
    assert.deepEqual(pairedCandidates(['/w/a.xml', '/w/a.bin', '/w/pom.xml', '/w/b.onnx', '/w/c.bin']), [
      '/w/a.xml',
      '/w/b.onnx',
    ]);
  });

  it('are those that the command line scans', () => {
    for (const extension of CANDIDATE_EXTENSIONS) assert.ok(isModelPath(`/w/a.${extension}`), extension);
  });
});
