import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';

import { hintMarkdown } from '../../src/core/configs/engine.js';
import type { Hint } from '../../src/core/configs/hints/hint.js';
import type { HintReportOptions } from './support/hintReport.js';
import { hintsIn, type World } from './support/hintWorld.js';

const serving = { rate: 50, targetMs: 150, thisMachine: 'c7a.large' };
const deployment = (replicas: number, more: string[] = []): string =>
  [
    'apiVersion: apps/v1',
    'kind: Deployment',
    'metadata: { name: ocr }',
    'spec:',
    `  replicas: ${replicas}`,
    '  template:',
    '    spec:',
    '      nodeSelector: { node.kubernetes.io/instance-type: c7a.large }',
    '      containers:',
    '      - image: x/ocr',
    '        resources: { requests: { cpu: 1 } }',
    ...more,
  ].join('\n');
const autoscaler = (name = 'ocr'): string =>
  [
    'apiVersion: autoscaling/v2',
    'kind: HorizontalPodAutoscaler',
    'metadata: { name: ocr }',
    `spec: { scaleTargetRef: { kind: Deployment, name: ${name} }, minReplicas: 2, maxReplicas: 6 }`,
  ].join('\n');

const inlays = (hints: readonly Hint[]): string[] =>
  hints.filter(({ kind }) => kind === 'inlay').map(({ text }) => text);
const lenses = (hints: readonly Hint[]): string[] =>
  hints.filter(({ kind }) => kind === 'lens').map(({ text }) => text);
const warnings = (hints: readonly Hint[]): Hint[] => hints.filter(({ severity }) => severity === 'warning');
const hints = (text: string, world: World = { serving }): Hint[] => hintsIn(text, 'deploy/app.yaml', world);

describe('hints of a count', () => {
  it('say money, and latency at the rate; without a rate money alone and how to set one', () => {
    assert.equal(inlays(hints(deployment(3)))[0], '≈ $225/month · p95 83.7 ms at 50 req/s');
    const [first] = hints(deployment(3), { serving: { thisMachine: 'c7a.large' } }).filter(
      ({ kind }) => kind === 'inlay',
    );
    assert.equal(first?.text, '≈ $225/month list');
    assert.deepEqual(first.action?.action, { type: 'setRate' });
  });

  it('warn where the count cannot carry the rate, and fix it with the fewest that hold', () => {
    const [warning] = warnings(hints(deployment(1)));
    assert.equal(warning?.text, 'replicas: 1 cannot carry 50 req/s: 25.0 req/s is all that it serves.');
    assert.equal(warning.fixes[0]?.title, 'Set replicas to 3: $225/month, p95 83.7 ms at 50 req/s');
    assert.equal(warning.fixes[0].edits[0]?.text, '3');
    assert.deepEqual(warnings(hints(deployment(3))), []);
  });

  it('take the latency of a load test at just this rate, and say so; else the formula, and say that', () => {
    const stay = { meanNs: 50e6, p50Ns: 48e6, p90Ns: 60e6, p95Ns: 66e6, p99Ns: null };
    const step = { ratePerSecond: 10, seconds: 30, sent: 300, answered: 300, percentileNs: 66e6, holds: true };
    const test = (changes: object): NonNullable<HintReportOptions['loadTests']>[number] => ({
      scenarioId: 'scenario-0',
      threads: 2,
      sessions: 1,
      batch: 1,
      seed: 0,
      percentile: 95,
      targetMs: null,
      steps: [{ ...step, stay, simulated: { ...stay, p95Ns: 61e6 }, otherLoadCores: 0, ...changes }],
      highestRate: null,
      lowestFailingRate: null,
      notes: [],
    });
    const said = (changes: object, count = 1): string => {
      const models = { 'models/det.onnx': { loadTests: [test(changes)] } };
      const [first] = hints(deployment(count), { serving: { ...serving, rate: 10 }, models }).filter(
        ({ kind }) => kind === 'inlay',
      );
      const row = first?.details?.rows.find(({ cells }) => cells[0].startsWith('p95'));
      return `${first?.text.split(' · ')[1] ?? ''} | ${row?.cells[3] ?? ''}`;
    };
    assert.equal(said({}), 'p95 66.0 ms at 10 req/s | measured in a load test of 30 s');
    const untold = { percentileNs: null, stay: { ...stay, p95Ns: null } };
    assert.equal(said(untold), 'p95 61.0 ms at 10 req/s | by simulation on 120 measured runs');
    for (const formula of [said({ ratePerSecond: 11 }), said({ answered: 200 }), said({}, 2)])
      assert.match(formula, /by formula on 120 measured runs$/);
  });

  it('say that no count meets a target below the call itself', () => {
    const [warning] = warnings(hints(deployment(3), { serving: { ...serving, targetMs: 5 } }));
    assert.match(warning?.text ?? '', /^The target cannot be met: the fastest run alone takes/);
    assert.deepEqual(
      warning?.fixes.map(({ title, action }) => [title, action]),
      [['Change Target (5.00 ms)…', { type: 'setTarget' }]],
    );
  });

  it('offer to take the count out that an autoscaler overrides, with nothing else', () => {
    const written = `${deployment(3)}\n---\n${autoscaler()}`;
    const shapes: [text: string, after: string][] = [
      [written, written.replace('  replicas: 3\n', '')],
      [written.replaceAll('\n', '\r\n'), written.replace('  replicas: 3\n', '').replaceAll('\n', '\r\n')],
      [written.replace('replicas: 3', 'replicas: 3 # three'), written.replace('replicas: 3', ' # three')],
    ];
    for (const [text, after] of shapes) {
      const [found] = hints(text).filter(({ fixes, kind }) => kind === 'inlay' && fixes.length > 0);
      assert.equal(found?.fixes[0]?.title, 'Remove replicas: HorizontalPodAutoscaler sets it');
      const { range, text: put } = found.fixes[0].edits[0]!;
      assert.equal(text.slice(0, range.start) + put + text.slice(range.end), after);
    }
    const anchored = hints(written.replace('replicas: 3', 'replicas: &count 3'));
    assert.deepEqual(
      anchored.flatMap(({ kind, fixes }) => (kind === 'inlay' ? fixes : [])),
      [],
    );
  });

  it('lead to the cost view with the machine and the count, and to another target', () => {
    const [total, open, , compare] = hints(deployment(3)).flatMap(({ kind, action }) =>
      kind === 'lens' ? [action?.action] : [],
    );
    assert.deepEqual(open, total);
    assert.ok(open?.type === 'openCost' && compare?.type === 'compareInstances');
    assert.deepEqual([open.instance, open.replicas, compare.instance], ['c7a.large', 3, 'c7a.large']);
    const [first] = hints(deployment(3)).filter(({ details }) => details !== null);
    const links = first!.details!.links.map(({ label, action }) => [label, action.type]);
    assert.ok(
      links.some(([label, type]) => label === 'Change Target (150 ms)…' && type === 'setTarget'),
      String(links),
    );
  });

  it('are one sum with the autoscaler, in one file and over two', () => {
    const both = hints(`${deployment(3)}\n---\n${autoscaler()}`);
    assert.equal(lenses(both)[0], '2–6 × c7a.large: $150 to $450/month');
    assert.equal(inlays(both)[0], 'set by HorizontalPodAutoscaler: 2 to 6');
    const apart = hints(deployment(3), { serving, siblings: { 'hpa.yaml': autoscaler() } });
    assert.equal(lenses(apart)[0], '2–6 × c7a.large: $150 to $450/month');
    assert.deepEqual(inlays(apart), inlays(both).slice(0, -2));
    const scaler = hints(autoscaler(), { serving, siblings: { 'deployment.yaml': deployment(3) } });
    assert.deepEqual(inlays(scaler), ['≈ $150/month at least', '≈ $450/month at most · carries 150 req/s']);
    const other = hints(`${deployment(3)}\n---\n${autoscaler('other')}`);
    assert.equal(inlays(other)[0], '≈ $225/month · p95 83.7 ms at 50 req/s');
  });

  it('never say $0.00, NaN or a price that nobody knows', () => {
    const worlds: World[] = [
      { serving: {} },
      { serving: { rate: 0.001, thisMachine: 'c7a.large' } },
      { serving: { rate: 1e7, thisMachine: 'x' } },
      { serving, models: { 'models/det.onnx': { medianMs: 1e-6 } } },
    ];
    for (const world of worlds)
      for (const replicas of [0, 1, 1e9])
        for (const { text, details } of hints(deployment(replicas).replace('c7a.large', 'ml.c7a.large'), world)) {
          assert.doesNotMatch(text, /\$0\.00|NaN|Infinity|undefined/);
          assert.doesNotMatch(details ? hintMarkdown(details) : '', /\$0\.00|NaN|Infinity|undefined/);
        }
    const managed = hints(deployment(2).replace('c7a.large', 'ml.c7a.large'));
    assert.ok(inlays(managed).includes('no price known for ml.c7a.large: add it'));
    const prices = 'provider,instance,region,usdPerHour,service\naws,ml.c7a.large,us-east-1,0.2,sagemaker\n';
    const known = hints(deployment(2).replace('c7a.large', 'ml.c7a.large'), { serving, prices });
    assert.ok(inlays(known).some((text) => text.startsWith('$0.20/h')));
  });
});

describe('the model that is meant', () => {
  const models: World['models'] = { 'models/det.onnx': { medianMs: 40 }, 'models/rec.onnx': { medianMs: 80 } };
  const env = (value: string): string[] => [`        env: [ { name: MODEL, value: ${value} } ]`];
  const medianOf = (text: string, world: World): string | undefined =>
    hintsIn(text, 'deploy/app.yaml', { serving: { thisMachine: 'c7a.large' }, ...world })
      .map((hint) => /carries ([\d.]+) req/.exec(hint.text)?.[1])
      .find((each) => each !== undefined);

  it('is the mapped one, then the named one, then the only one', () => {
    const workspaceFile = { models: { 'models/rec.onnx': { configs: ['deploy/*.yaml'] } } };
    assert.equal(medianOf(deployment(1, env('/srv/models/det.onnx')), { models, workspaceFile }), '12.5');
    assert.equal(medianOf(deployment(1, env('/srv/models/det.onnx')), { models }), '25.0');
    assert.equal(medianOf(deployment(1), { models }), undefined, 'two would do');
    assert.equal(medianOf(deployment(1), { models: { 'models/rec.onnx': { medianMs: 80 } } }), '12.5');
    assert.equal(medianOf(deployment(1, env('other.onnx')), { models: { 'models/det.onnx': {} } }), undefined);
  });

  it('stands beside a Triton config, in its highest version', () => {
    const world: World = {
      models: { 'repo/det/1/model.onnx': { medianMs: 10 }, 'repo/det/12/model.onnx': { medianMs: 20 }, ...models },
    };
    const found = hintsIn('name: "det"\nmax_batch_size: 0\ninput [ { name: "x" } ]\n', 'repo/det/config.pbtxt', world);
    assert.equal(inlays(found)[0], 'det/12/model.onnx · 20.0 ms ± 0.5');
  });

  it('without a profile is one lens that offers it, and nothing else', () => {
    const found = hints(deployment(3, env('models/new.onnx')), {
      serving,
      models: {},
      unprofiled: ['models/new.onnx'],
    });
    assert.deepEqual(lenses(found), ['No profile yet · Profile…']);
    assert.deepEqual(found[0]?.action?.action, { type: 'profile', modelPath: '/work/models/new.onnx' });
    assert.equal(found.length, 1);
  });

  it('is shown as stale, with its age, where the file has changed', () => {
    const found = hints(deployment(3, env('models/det.onnx')), {
      serving,
      models: { 'models/det.onnx': { stale: true } },
    });
    assert.ok(inlays(found).includes('40.0 ms ± 0.5 · stale, 2 days ago'));
    assert.ok(lenses(found).includes('Stale profile, made 2 days ago: the file has changed · Profile Again'));
  });

  it('fits into what editors show of a label before they cut it', () => {
    const code = 'session = ort.InferenceSession("models/det.onnx")';
    const stale = { 'models/det.onnx': { medianMs: 12.42, stale: true, createdAt: '2023-01-01T00:00:00.000Z' } };
    const [label] = inlays(hintsIn(code, 'serve.py', { serving, models: stale }));
    assert.match(label ?? '', /stale, 1421 days ago$/);
    const folder = 'a-repository-with-a-long-name/of-a-classifier/1/model.onnx';
    const named = hintsIn(
      'name: "x"\nbackend: "onnxruntime"\nmax_batch_size: 0\n',
      `${path.posix.dirname(path.posix.dirname(folder))}/config.pbtxt`,
      {
        models: { [folder]: {} },
      },
    );
    for (const text of [label ?? '', ...inlays(named)]) assert.ok(text.length <= 43, text);
    assert.ok(inlays(named).includes('1/model.onnx · 40.0 ms ± 0.5'));
  });

  it('of a database is none: its bill would be a wrong one', () => {
    assert.deepEqual(hints(deployment(3).replace('x/ocr', 'docker.io/library/postgres:16')), []);
  });
});

describe('hints of a batch', () => {
  const config = (batch: number): string =>
    `name: "det"\nmax_batch_size: ${batch}\ninstance_group [ { count: 1 kind: KIND_CPU } ]\ninput [ { name: "x" } ]\n`;
  const capacity = [
    { batch: 1, ms: 40 },
    { batch: 4, ms: 100 },
    { batch: 8, ms: 190 },
  ];
  const at = (batch: number, rate = 10): Hint[] =>
    hintsIn(config(batch), 'repo/det/config.pbtxt', {
      serving: { rate, targetMs: 120 },
      models: { 'models/det.onnx': { capacity } },
    });

  it('say the gain, the latency and where it misses the target, with batches that hold', () => {
    const text = inlays(at(8)).find((each) => each.includes('throughput'));
    assert.match(text ?? '', /^\+68 % throughput, p95 \d+ (\.\d )?ms|^\+68 % throughput, p95 [\d.]+ ms/);
    const [warning] = warnings(at(8, 20));
    assert.match(warning?.text ?? '', /^Batch 8 misses the target: p95 \d+ ms at 20 req\/s; target 120 ms\.$/);
  });

  it('say that a batch above the measured ones is not measured', () => {
    assert.ok(inlays(at(64)).includes('not measured: 8 is the largest batch measured'));
    const above = at(64).find(({ code }) => code === 'batchAbove');
    assert.equal(above?.severity, 'information');
    assert.equal(above.fixes[0]?.edits[0]?.text, '8');
  });
});

describe('the hover', () => {
  it('holds the parts of the sum, what carries, the notes and the links, every name escaped', () => {
    const evil = deployment(3).replace('name: ocr', 'name: "[x](command:evil) <img> `|`"');
    const [first] = hints(evil).filter(({ kind, details }) => kind === 'inlay' && details !== null);
    const markdown = hintMarkdown(first!.details!, () => 'command:ok');
    assert.match(markdown.replaceAll('\u00a0', ' ').replaceAll('\\', ''), /\| 3 × \$0\.1026\/h × 730 h \| \$225 \|/);
    assert.match(markdown, /Carries/);
    assert.match(markdown, /\(command:ok\)/);
    assert.doesNotMatch(markdown, /command:evil\)(?!\\)|<img>/);
    assert.equal(first!.details!.links.at(-1)?.action.type, 'turnOff');
  });

  it('says of a price that is old so, with its day, and of one that bears none as well', () => {
    const saidOf = (asOf: string): string => {
      const prices = `provider,instance,region,usdPerHour,asOf\naws,c7a.large,us-east-1,0.1,${asOf}\n`;
      const [first] = hints(deployment(3), { serving, prices }).filter(({ details }) => details !== null);
      return JSON.stringify(first!.details);
    };
    assert.match(saidOf('2025-01-02'), /price of 2025-01-02.*This price is old: 2025-01-02\./);
    assert.match(saidOf(''), /price of an unknown day.*This price bears no day: how old it is, is not known\./);
    assert.doesNotMatch(saidOf('2026-11-01'), /price is old|no day/);
  });
});

describe('hints of a serverless endpoint', () => {
  const terraform = (memory: number): string =>
    [
      'resource "aws_sagemaker_endpoint_configuration" "det" {',
      '  production_variants {',
      '    model_name = "det"',
      '    serverless_config {',
      '      max_concurrency   = 20',
      `      memory_size_in_mb = ${memory}`,
      '    }',
      '  }',
      '}',
    ].join('\n');
  const template = (memory: number): string =>
    [
      'Resources:',
      '  Config:',
      '    Type: AWS::SageMaker::EndpointConfig',
      '    Properties:',
      '      ProductionVariants:',
      `        - { ModelName: det, ServerlessConfig: { MaxConcurrency: 5, MemorySizeInMB: ${memory} } }`,
    ].join('\n');
  const found = (text: string, name: string, peakMiB: number): Hint[] =>
    hintsIn(text, name, { serving, models: { 'models/det.onnx': { peakMiB } } });

  it('say that no price is known, and take none', () => {
    for (const [text, name] of [
      [terraform(2048), 'main.tf'],
      [template(2048), 'template.yaml'],
    ] as const) {
      const all = found(text, name, 118);
      assert.deepEqual(inlays(all), ['serverless · no price known']);
      assert.ok(all.every((hint) => !/\$/.test(hint.text)));
      assert.deepEqual(warnings(all), []);
    }
  });

  it('warn where the memory cannot hold the model, and fix it in MB, by the steps there are', () => {
    const fixes = (peakMiB: number, memory = 1024): (string | undefined)[] =>
      warnings(found(terraform(memory), 'main.tf', peakMiB)).flatMap((hint) =>
        hint.fixes.map(({ title, edits }) => `${edits[0]?.text}: ${title}`),
      );
    assert.deepEqual(fixes(1200), ['2048: Set memory to 2048 MB: the measured peak and a quarter']);
    assert.deepEqual(fixes(1700), ['3072: Set memory to 3072 MB: the measured peak and a quarter']);
    assert.deepEqual(fixes(5500, 2048), ['6144: Set memory to 6144 MB: the most there is']);
    assert.deepEqual(fixes(7000, 6144), []);
    assert.equal(warnings(found(terraform(6144), 'main.tf', 7000)).length, 1);
    assert.equal(warnings(found(template(1024), 'template.yaml', 1200)).length, 1);
  });
});
