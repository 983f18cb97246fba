import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'node:test';

import { Ajv } from 'ajv';

import type { Report } from '../../src/protocol/report.js';
import { ReportStore } from '../../src/store/reportStore.js';
import { fixture } from '../models/index.js';
import { build, reportOf, root, run, workFolder } from './command.js';

const folder = workFolder();
/** Without settings of its own. */
const apart = workFolder();
const store = path.join(folder, 'store');
const kept = path.join(folder, 'cost.json');
before(build);

const schema = JSON.parse(readFileSync(path.join(root, 'media/report.schema.json'), 'utf8')) as object;
const validate = new Ajv({ allowUnionTypes: true }).compile(schema);
const measured = ['--threads', '1', '--budget', '1', '--store', store];

describe('cost', () => {
  it('measures, answers in words, and keeps a report that the schema accepts', () => {
    const machine = ['--this-machine', 'c7a.large', '--rate', '20', '--target-ms', '200'];
    const { code, out, err } = run(['cost', fixture('cnn'), ...measured, ...machine, '--json', kept]);
    assert.equal(code, 0, err);
    assert.match(out, /1 × c7a\.large holds 20 req\/s at p95 .*: \$75 a month, \$1\.43 per million calls\./);
    assert.match(out, /Model calls only\. Pre- and post-processing, network and server not included\./);
    assert.match(out, /^Capacity of this machine$/m);
    assert.match(out, /^ {2}c7a\.large .*Measured here$/m);
    const report = JSON.parse(readFileSync(kept, 'utf8')) as Report;
    assert.ok(validate(report), JSON.stringify(validate.errors));
    assert.ok(report.capacity.length > 0 && report.cost);
    assert.equal(report.cost.options.find(({ instance }) => instance === 'c7a.large')?.estimate, 'simulation');
  });

  it('answers from a report without measuring, under other assumptions', () => {
    const none = run(['cost', kept]);
    assert.equal(none.code, 0, none.err);
    assert.match(none.out, /Bill unknown: no request rate is set\..*Say --rate RPS/s);
    assert.doesNotMatch(none.out, /a month, |per million/);
    const still = JSON.parse(readFileSync(kept, 'utf8')) as Report;
    still.capacity = [];
    still.scenarios[0]!.latency = null;
    const unmeasured = path.join(folder, 'still.json');
    writeFileSync(unmeasured, JSON.stringify(still));
    assert.match(run(['cost', unmeasured, '--rate', '5']).out, /^ {2}c7a\.large .*Not measured$/m);
    const idle = run(['cost', kept, '--rate', '0', '--this-machine', 'c7a.large']);
    assert.match(idle.out, /1 × c7a\.large, at least, for no traffic at all: \$75 a month\./);
    const fast = run(['cost', kept, '--rate', '20', '--target-ms', '0.0001', '--this-machine', 'c7a.large']);
    assert.match(fast.out, /cannot be met: the fastest run alone takes [\d.]+ ms, the target is 0\.0001 ms/);
    const much = run(['cost', kept, '--rate', '1000000000', '--headroom', '95', '--this-machine', 'c7a.large']);
    assert.match(much.out, /would take more than 100000 replicas/);
    for (const { code, out } of [idle, fast, much]) {
      assert.equal(code, 0);
      assert.doesNotMatch(out, /NaN|Infinity|\$0\.00\b/);
    }
  });

  it('prices a request of the pipeline that holds the model', () => {
    const config = path.join(folder, 'inference-profiler.json');
    const model = path.relative(folder, fixture('cnn')).split(path.sep).join('/');
    const steps = [{ model }, { model, callsPerRequest: 9 }];
    const serving = { rate: 5, thisMachine: 'c7a.large' };
    writeFileSync(config, JSON.stringify({ pipelines: [{ name: 'ocr', steps, outsideModelMs: 3 }], serving }));
    const ended = run(['cost', fixture('cnn'), ...measured, '--config', config]);
    assert.equal(ended.code, 0, ended.err);
    assert.match(ended.out, /One request of “ocr”: 1 × cnn\.onnx \+ 9 × cnn\.onnx \+ 3 ms outside the models\./);
    assert.match(ended.out, /hold[s]? 5 req\/s .* per million requests\./);
    assert.doesNotMatch(ended.out, /Model calls only/);
    assert.doesNotMatch(ended.err, /not a setting/);
    writeFileSync(config, JSON.stringify({ pipelines: [{ name: 'ocr', steps, outsideMs: 3 }], serving }));
    const misspelt = run(['cost', fixture('cnn'), ...measured, '--config', config]);
    assert.match(misspelt.err, /inference-profiler\.json:1:\d+: “outsideMs” is not a setting and has no effect\.$/m);
    assert.equal(misspelt.err.match(/outsideMs/g)?.length, 1);
    const wrong = run(['cost', fixture('cnn'), ...measured, '--config', config, '--pipeline', 'asr']);
    assert.deepEqual([wrong.code, /no pipeline “asr”.*it has ocr/.test(wrong.err)], [2, true]);
  });

  it('tests a load, the simulated percentiles beside the measured ones', () => {
    const test = ['--load-test', '50', '--duration', '2', '--target-ms', '500', '--json', '-'];
    const ended = run(['cost', fixture('cnn'), ...measured, ...test]);
    assert.equal(ended.code, 0, ended.err);
    const [found] = reportOf(ended).loadTests ?? [];
    const [step] = found?.steps ?? [];
    assert.deepEqual([step?.sent, step?.answered, step?.holds], [100, 100, true]);
    assert.ok((step?.simulated?.p95Ns ?? 0) > 0);
    assert.ok((found?.highestRate ?? 0) >= 50);
  });

  it('prices the tokens of a decoder, prompts and answers apart', () => {
    const machine = ['--rate', '5', '--this-machine', 'c7a.large', '--json', '-'];
    const ended = run(['cost', fixture('decoderWithCache'), ...measured, ...machine]);
    assert.equal(ended.code, 0, ended.err);
    const { cost } = reportOf(ended);
    const tokens = cost?.options.find(({ instance }) => instance === 'c7a.large')?.usdPerMillionTokens;
    assert.ok(tokens && tokens.prefill > 0 && tokens.decode > tokens.prefill, JSON.stringify(tokens));
  });

  it('prices whole requests from stored reports, and names the model that none is stored of', () => {
    const config = path.join(folder, 'stored.json');
    const at = (name: 'cnn' | 'decoderWithCache' | 'scalars') =>
      path.relative(folder, fixture(name)).split(path.sep).join('/');
    const pipelines = [
      {
        name: 'both',
        steps: [{ model: at('cnn') }, { model: at('decoderWithCache'), callsPerRequest: 20 }],
        outsideModelMs: 2,
      },
      { name: 'unknown', steps: [{ model: at('cnn') }, { model: at('scalars') }] },
    ];
    writeFileSync(config, JSON.stringify({ pipelines, serving: { rate: 5, thisMachine: 'c7a.large' } }));
    const priced = run(['cost', kept, '--store', store, '--config', config, '--pipeline', 'both']);
    assert.equal(priced.code, 0, priced.err);
    assert.match(
      priced.out,
      /One request of “both”: 1 × cnn\.onnx \+ 20 × decoder[\w-]*\.onnx \+ 2 ms outside the models\./i,
    );
    assert.match(priced.out, /hold[s]? 5 req\/s .* per million requests\./);
    assert.doesNotMatch(priced.out, /Model calls only/);
    assert.doesNotMatch(priced.out, /Stale/);
    const missing = run(['cost', kept, '--store', store, '--config', config, '--pipeline', 'unknown']);
    assert.deepEqual(
      [missing.code, /calls \S*scalars\S* too, and no report of it is stored/i.test(missing.err)],
      [2, true],
      missing.err,
    );
    // Two of them name the model: neither is meant until one is said.
    assert.match(run(['cost', kept, '--store', store, '--config', config]).out, /Model calls only/);
  });

  it('marks a step whose file has changed since it was measured, with its age', () => {
    const config = path.join(folder, 'stale.json');
    const changing = path.join(folder, 'changing.onnx');
    copyFileSync(fixture('scalars'), changing);
    const profiled = run(['profile', changing, ...measured, '--quiet']);
    assert.equal(profiled.code, 0, profiled.err);
    const cnn = path.relative(folder, fixture('cnn')).split(path.sep).join('/');
    const pipelines = [{ name: 'two', steps: [{ model: cnn }, { model: 'changing.onnx' }] }];
    writeFileSync(config, JSON.stringify({ pipelines, serving: { rate: 5, thisMachine: 'c7a.large' } }));
    const words = ['cost', kept, '--store', store, '--config', config];
    const stepsNow = () =>
      reportOf(run([...words, '--json', '-'])).cost?.steps?.map(({ model, stale }) => [model, stale]);
    assert.deepEqual(stepsNow(), [
      [cnn, false],
      ['changing.onnx', false],
    ]);
    copyFileSync(fixture('decoderWithCache'), changing);
    assert.match(run(words).out, /Stale: changing\.onnx was measured today and its file has changed since\./);
    assert.deepEqual(stepsNow(), [
      [cnn, false],
      ['changing.onnx', true],
    ]);
  });

  it('gives the command for another machine, and takes what it wrote there as measured', () => {
    const priced = ['cost', kept, '--rate', '20', '--this-machine', 'c7a.large', '--instances', 'c7i.large'];
    const asked = run(priced);
    const [, command = ''] = /^ +(inference-profiler cost .+)$/m.exec(asked.out) ?? [];
    const there = path.join(folder, 'there');
    mkdirSync(there);
    copyFileSync(fixture('cnn'), path.join(there, 'cnn.onnx'));
    const [, ...words] = command.split(' ');
    const ended = run([...words, ...measured], there);
    assert.equal(ended.code, 0, `${command}: ${ended.err}`);
    const file = path.join(there, 'measured-c7i.large.json');
    const basisOf = (more: string[]) =>
      reportOf(run([...priced, ...more, '--json', '-'])).cost?.options.find(({ instance }) => instance === 'c7i.large')
        ?.basis;
    assert.notEqual(basisOf([]), 'measured');
    assert.equal(basisOf(['--measured', file]), 'measured');
    assert.match(run([...priced, '--measured', file]).out, /^ {2}c7i\.large .*Measured there$/m);
  });

  it('prints how to measure on a machine, the command or a script, alone on standard output', () => {
    const model = fixture('cnn');
    const said = run(['cost', model, '--measure-there', 'g4dn.xlarge']);
    assert.equal(said.code, 0, said.err);
    assert.match(
      said.out,
      /^inference-profiler cost cnn\.onnx .*--this-machine g4dn\.xlarge --json measured-g4dn\.xlarge\.json\n$/,
    );
    assert.match(said.err, /^Run it on g4dn\.xlarge, .* measured-g4dn\.xlarge\.json by --measured\.$/m);
    const script = run(['cost', kept, '--measure-there', 'g4dn.xlarge', '--python']);
    assert.equal(script.code, 0, script.err);
    assert.match(
      script.out,
      /^""".*MODEL = "cnn\.onnx"\nINSTANCE = "g4dn\.xlarge"\n.*print\(f"Written: \{OUTPUT\}"\)\n$/s,
    );
    assert.equal(script.out, run(['cost', model, '--measure-there', 'g4dn.xlarge', '--python']).out);
    const words = JSON.parse(readFileSync(kept, 'utf8')) as Report;
    words.scenarios[0]!.inputs[0]!.dataType = 'string';
    const wordy = path.join(folder, 'words.json');
    writeFileSync(wordy, JSON.stringify(words));
    const refused = run(['cost', wordy, '--measure-there', 'g4dn.xlarge', '--python']);
    assert.deepEqual([refused.code, /cannot make the inputs of this model \(string\)/.test(refused.err)], [2, true]);
  });

  it('plans for the hours of a day or a week, at the peak and with machines started by the hour', () => {
    const planned = ['cost', kept, '--this-machine', 'c7a.large', '--instances', 'c7a.large', '--headroom', '95'];
    const at = (words: string[]): Report['cost'] => reportOf(run([...planned, ...words, '--json', '-'])).cost;
    const rate = (at(['--rate', '1'])?.options[0]?.throughput?.mid ?? 0) / 20;
    // A tenth of what one carries with the headroom kept, and two and a half times that.
    const hours = Array.from({ length: 24 }, (_, hour) => (rate * (hour < 18 ? 0.1 : 2.5)).toFixed(6));
    const peak = Number(hours.at(-1));
    const cost = at(['--hourly', hours.join()]);
    const [here] = cost?.options ?? [];
    assert.deepEqual([cost?.assumptions.hourly?.length, cost?.assumptions.rate], [24, peak]);
    const hour = 0.10264 * 730;
    assert.equal(here?.replicas, 3);
    assert.equal(here.usdPerMonth?.toFixed(6), (3 * hour).toFixed(6));
    assert.equal(here.autoscaledUsdPerMonth?.[0].toFixed(6), (1.5 * hour).toFixed(6));
    const week = at(['--hourly', Array.from({ length: 7 }, () => hours.join(' ')).join('\n')]);
    assert.equal(week?.assumptions.hourly?.length, 168);
    assert.equal(week.options[0]?.usdPerMillion?.toFixed(9), here.usdPerMillion?.toFixed(9));
    const said = run([...planned, '--hourly', hours.join()]).out;
    assert.match(said, /With machines started and stopped by the hour: \$112 a month\./);
    const config = path.join(folder, 'hours.json');
    writeFileSync(config, JSON.stringify({ serving: { hourly: hours.slice(1).map(Number).concat(1, 2) } }));
    const wrong = run([...planned, '--config', config]);
    assert.deepEqual(
      [wrong.code, /hours\.json:1:\d+: serving\.hourly needs 24 .* 168 .*; these are 25\./.test(wrong.err)],
      [2, true],
    );
  });

  it('fails over the budget of a million, and tells without failing where the bill is not known', () => {
    const config = path.join(folder, 'budget.json');
    const model = path.relative(folder, fixture('cnn')).split(path.sep).join('/');
    const priced = ['cost', kept, '--config', config, '--rate', '20', '--this-machine', 'c7a.large'];
    const limit = (usdPerMillion: number): void => {
      writeFileSync(config, JSON.stringify({ models: { [model]: { budgets: { usdPerMillion } } } }));
    };
    limit(0.5);
    const over = run(priced);
    assert.equal(over.code, 1, over.err);
    assert.match(over.out, /Cost, per million is \$1\.43; the budget is \$0\.50\./);
    const quiet = run([...priced, '--json', '-']);
    assert.deepEqual([quiet.code, /the budget is \$0\.50/.test(quiet.err)], [1, true]);
    const unknown = run(['cost', kept, '--config', config]);
    assert.equal(unknown.code, 0, unknown.err);
    assert.match(unknown.out, /Cost, per million is not known; the budget is \$0\.50\./);
    limit(2);
    const within = run(priced);
    assert.deepEqual([within.code, /Passed: within the budgets\./.test(within.out)], [0, true]);
  });

  it('puts requests together as flags or the file say, and tells what that would change', () => {
    const report = JSON.parse(readFileSync(kept, 'utf8')) as Report;
    const [one] = report.capacity;
    // Calls of 1, 2 and 4 in 10, 15 and 20 ms.
    report.capacity = [10, 15, 20].map((ms, power) => ({
      ...one!,
      ...{ batch: 2 ** power, sessions: 1, itemsPerSecond: (2 ** power * 1000) / ms },
      serviceSamplesNs: Array.from({ length: 100 }, () => ms * 1e6),
    }));
    delete report.capacityNotes;
    const file = path.join(apart, 'batches.json');
    writeFileSync(file, JSON.stringify(report));
    const priced = [
      'cost',
      file,
      '--store',
      store,
      '--this-machine',
      'c7a.large',
      '--rate',
      '100',
      '--target-ms',
      '200',
    ];
    const alone = run(priced);
    assert.equal(alone.code, 0, alone.err);
    assert.match(alone.out, /With batches of up to 4: 1 machine instead of 2, p95 .*, \$75 a month less\./);
    const here = (words: string[]) => {
      const cost = reportOf(run([...priced, ...words, '--json', '-'])).cost;
      const row = cost?.options.find(({ instance }) => instance === 'c7a.large');
      return [row?.replicas, row?.throughput?.mid, cost?.assumptions.queueDelayMs];
    };
    assert.deepEqual(here([]), [2, 100, 0]);
    assert.deepEqual(here(['--max-batch', '4', '--queue-delay-ms', '5']), [1, 200, 5]);
    const config = path.join(apart, 'batches.config.json');
    writeFileSync(config, JSON.stringify({ serving: { maxBatch: 2, queueDelayMs: 3 } }));
    assert.deepEqual(here(['--config', config]), [2, 2 / 0.015, 3]);
    writeFileSync(file, JSON.stringify({ ...report, capacity: report.capacity.slice(0, 1) }));
    const none = run(['cost', file, '--store', store, '--max-batch', '8', '--rate', '5']);
    assert.match(none.out, /Without batches: no calls of more than 1 were measured\./);
    const wrong = run([...priced, '--max-batch', '1.5']);
    assert.deepEqual([wrong.code, /--max-batch needs a whole number from 1 to 1024/.test(wrong.err)], [2, true]);
  });

  it('tells what each stored plan of quantization would save, and prices a trial by the stored profile', async () => {
    const places = path.join(apart, 'trials');
    const profile = path.join(apart, 'profile.json');
    copyFileSync(kept, profile);
    const trial = JSON.parse(readFileSync(kept, 'utf8')) as Report;
    const { contentSha256 } = trial.model;
    assert.ok(contentSha256);
    const [scenario] = trial.scenarios;
    Object.assign(trial, { reportId: 'a-trial', createdAt: new Date().toISOString(), capacity: [], cost: null });
    trial.model.contentSha256 = null;
    scenario!.latency = null;
    const plan = (id: string, speedup: number) => ({
      ...{ id, method: id, assignments: [], predicted: { speedup, sqnrDb: null } },
      measured: {
        ...{ medianNs: 1e6, speedup, speedupInterval: [speedup * 0.95, speedup * 1.05] as [number, number] },
        ...{ sqnrDb: null, cosine: null, agreement: null, fileBytes: 1 },
      },
    });
    trial.quantization = [
      {
        ...{ scenarioId: scenario!.id, layers: [], plans: [plan('int8', 4), plan('slow', 0.5)], recommended: null },
        calibration: { method: 'minMax', samples: 1, source: 'synthetic', synthetic: true },
        explanation: [{ code: 'quantization.note.stopped', params: {} }],
      },
    ];
    const file = path.join(apart, 'trial.json');
    writeFileSync(file, JSON.stringify(trial));
    const serving = ['--rate', '50000', '--this-machine', 'c7a.large', '--store', places];
    const first = run(['cost', file, ...serving]);
    assert.equal(first.code, 0, first.err);
    assert.match(first.out, /Run this first: inference-profiler cost \S*cnn\.onnx/);
    assert.doesNotMatch(first.out, /No plan holds: not measured/);
    const trials = new ReportStore(places);
    await trials.put(trial, { modelPath: fixture('cnn') });
    const saved = run(['cost', profile, ...serving]);
    assert.equal(saved.code, 0, saved.err);
    assert.match(saved.out, /int8, 4\.00 × the speed, measured: .*(machines become|stays? \d+; saves from|fewer)/);
    assert.match(saved.out, /slow, 0\.50 × the speed, measured: not faster for sure: saves nothing\./);
    // Of the same content only, and of as many threads only.
    const other = JSON.parse(readFileSync(kept, 'utf8')) as Report;
    other.scenarios[0]!.run.threads = 3;
    writeFileSync(path.join(apart, 'threads.json'), JSON.stringify(other));
    assert.doesNotMatch(run(['cost', path.join(apart, 'threads.json'), ...serving]).out, /int8, /);
    await trials.put(JSON.parse(readFileSync(kept, 'utf8')) as Report, { modelPath: fixture('cnn') });
    const merged = run(['cost', file, ...serving]);
    assert.match(merged.err, /Priced from the stored profile of the same model, /);
    assert.match(merged.out, /int8, 4\.00 × the speed, measured: /);
    const fresh = run(['cost', fixture('cnn'), ...measured.slice(0, 4), ...serving]);
    assert.equal(fresh.code, 0, fresh.err);
    assert.match(fresh.out, /int8, 4\.00 × the speed, measured: /);
  });

  it('names what is wrong with a call in one sentence', () => {
    const sentences: [string[], RegExp][] = [
      [
        ['cost', kept, '--hourly', '1,2,3'],
        /^inference-profiler: --hourly needs 24 figures .* 168 .*; these are 3\.$/m,
      ],
      [['cost', kept, '--hourly', '1,x'], /--hourly needs numbers from 0 to 1000000000; “x” is not that/],
      [['cost', kept, '--hourly', Array(24).fill(1).join(), '--rate', '1'], /leave one of them out/],
      [['cost', kept, '--python'], /--python belongs to --measure-there/],
      [['cost', kept, '--measure-there', 'c7i.large', '--json', '-'], /leave out --json/],
      [['cost', kept, '--rate', '-3'], /--rate needs a number from 0 to/],
      [['cost', kept, '--percentile', '100'], /--percentile needs a number from 50 to 99\.9/],
      [['cost', kept, '--load-test', '5'], /--load-test runs the model/],
      [['cost', kept, '--measured', path.join(folder, 'none.json')], /There is no file/],
      [['cost', path.join(folder, 'none.json')], /There is no report file/],
    ];
    for (const [words, sentence] of sentences) {
      const { code, err } = run(words);
      assert.equal(code, 2, words.join(' '));
      assert.match(err, sentence);
    }
    const prices = path.join(folder, 'prices.csv');
    writeFileSync(
      prices,
      'provider,instance,region,usdPerHour,asOf,currency\naws,c7a.large,us-east-1,-1,2026-07-20,USD\n',
    );
    const { code, err } = run(['cost', kept, '--prices', prices]);
    assert.equal(code, 2);
    assert.match(err, /prices\.csv, line 2: .*must be/);
  });
});
