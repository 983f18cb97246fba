/** The ready workflow: its own shell steps, on a pull request that changes a model. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'node:test';

import { itemsAt, nodeAt, type ConfigNode } from '../../src/core/configs/tree/node.js';
import { parseYaml } from '../../src/core/configs/tree/yaml.js';
import { CHANGED_CONV, writeStack } from './compareModels.js';
import { build, root, workFolder } from './command.js';

const folder = workFolder();
const source = readFileSync(path.join(root, 'media/ci/inference-profiler.yml'), 'utf8');

const writtenIn = ({ range }: ConfigNode): string => source.slice(range.start, range.end);

/** What stands behind `run: |`, as the runner hands it to the shell. */
function blockText(node: ConfigNode): string {
  const [, ...lines] = writtenIn(node).split('\n');
  const indent = Math.min(...lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)));
  return lines.map((line) => line.slice(indent)).join('\n');
}

function readWorkflow(): { env: Record<string, string>; scripts: Map<string, string> } {
  const job = nodeAt(parseYaml(source).documents[0]?.read(), 'jobs', 'compare');
  const env = nodeAt(job, 'env')?.entries.map(({ key, value }) => [key, value.value ?? '']) ?? [];
  const scripts = itemsAt(job, 'steps').flatMap((step): [string, string][] => {
    const [name, run] = [nodeAt(step, 'name'), nodeAt(step, 'run')];
    return name && run && nodeAt(step, 'shell') ? [[writtenIn(name), blockText(run)]] : [];
  });
  return { env: Object.fromEntries(env) as Record<string, string>, scripts: new Map(scripts) };
}

/** A repository whose last commit is what a pull request changes, and programs that the runner has besides. */
class PullRequest {
  readonly folder: string;
  readonly temporary: string;
  readonly #env: Record<string, string>;
  readonly #scripts: Map<string, string>;

  constructor(name: string, change: (model: string) => void, settings: object = {}) {
    this.folder = path.join(folder, name);
    this.temporary = path.join(folder, `${name}-temporary`);
    const programs = path.join(folder, `${name}-programs`);
    for (const each of [path.join(this.folder, 'models'), this.temporary, programs])
      mkdirSync(each, { recursive: true });
    // Another checkout, as the workflow makes it.
    symlinkSync(root, path.join(this.folder, '.inference-profiler'), 'dir');
    writeFileSync(path.join(programs, 'git-lfs'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
    writeFileSync(
      path.join(programs, 'gh'),
      '#!/bin/sh\nwhile [ "$1" != --body-file ]; do shift; done\ncat "$2" > "$COMMENT"\n',
      { mode: 0o755 },
    );
    writeFileSync(path.join(this.folder, '.gitignore'), '.inference-profiler\n');
    writeFileSync(path.join(this.folder, 'inference-profiler.json'), JSON.stringify(settings));
    const model = path.join(this.folder, 'models/a model.onnx');
    writeStack(model);
    this.#git('init', '-q');
    this.#commit();
    const base = this.#git('rev-parse', 'HEAD');
    change(model);
    this.#commit();
    const { env, scripts } = readWorkflow();
    this.#scripts = scripts;
    this.#env = {
      ...env,
      BUDGET_SECONDS: '0.5',
      BASE: base,
      NUMBER: '7',
      GH_TOKEN: 'none',
      RUNNER_TEMP: this.temporary,
      GITHUB_STEP_SUMMARY: path.join(this.temporary, 'summary.md'),
      COMMENT: path.join(this.temporary, 'commented.md'),
      INFERENCE_PROFILER_HOME: path.join(this.temporary, 'home'),
      PATH: `${programs}${path.delimiter}${process.env['PATH'] ?? ''}`,
    };
  }

  /** As `shell: bash` of the runner does. */
  step(name: string): { code: number | null; output: string } {
    const script = this.#scripts.get(name);
    assert.ok(script, `${name} is no step with a shell: ${[...this.#scripts.keys()].join(', ')}`);
    const file = path.join(this.temporary, 'step.sh');
    writeFileSync(file, script);
    const { status, stdout, stderr } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', file], {
      cwd: this.folder,
      encoding: 'utf8',
      env: { ...process.env, ...this.#env },
      timeout: 120_000,
    });
    return { code: status, output: stdout + stderr };
  }

  read(name: string): string {
    const file = path.join(this.temporary, name);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  #commit(): void {
    this.#git('add', '.');
    this.#git('commit', '-q', '-m', 'change');
  }

  #git(...words: string[]): string {
    const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'commit.gpgsign=false'];
    const { status, stdout, stderr } = spawnSync('git', [...identity, ...words], {
      cwd: this.folder,
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    return stdout.trim();
  }
}

describe('the workflow of media/ci', () => {
  before(build);

  it('passes a model that costs the same, and writes the comparison', () => {
    const request = new PullRequest('same', (model) => {
      // A trailing field that no reader knows: another content, the same graph.
      appendFileSync(model, Buffer.from([0xf2, 0x3f, 0x00]));
    });
    const { code, output } = request.step('Compare changed models');
    assert.equal(code, 0, output);
    assert.match(request.read('summary.md'), /^<!-- inference-profiler comparison -->\n### /);
    assert.equal(request.step('Comment').code, 0);
    assert.equal(request.read('commented.md'), request.read('reports/1.md'));
  });

  it('fails one that does a third more work, and names where', () => {
    const request = new PullRequest('heavier', (model) => writeStack(model, { columns: 7 }));
    const { code, output } = request.step('Compare changed models');
    assert.equal(code, 1, output);
    assert.equal(request.step('Comment').code, 0);
    const comment = request.read('commented.md');
    assert.match(comment, /\*\*Failed: /);
    assert.match(comment, /Multiply-accumulates \\\+3\d %/);
    assert.ok(comment.includes(CHANGED_CONV), comment);
  });

  it('compares also where a budget is exceeded, on both sides', () => {
    const request = new PullRequest(
      'budget',
      (model) => {
        appendFileSync(model, Buffer.from([0xf2, 0x3f, 0x00]));
      },
      { models: { '**/*.onnx': { budgets: { fileBytes: 1000 } } } },
    );
    const { code, output } = request.step('Compare changed models');
    assert.equal(code, 1, output);
    assert.match(request.read('reports/1.md'), /inference-profiler comparison/);
  });
});
