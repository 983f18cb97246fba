import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { ExpectedError } from '../../src/core/common/errors.js';
import { readTrace, streamTrace } from '../../src/core/trace/read.js';
import { ObjectSplitter } from '../../src/core/trace/splitter.js';

const folder = mkdtempSync(path.join(tmpdir(), 'trace-test-'));
after(() => {
  rmSync(folder, { recursive: true });
});

let files = 0;
function write(text: string): string {
  const file = path.join(folder, `${String((files += 1))}.json`);
  writeFileSync(file, text);
  return file;
}

/** As ONNX Runtime writes them: one a line, spaces before colons, numbers of `args` as strings. */
function node(name: string, opType: string, ts: number, dur: number, args = ''): string {
  return `{"cat" : "Node","pid" :1,"tid" :1,"dur" :${dur},"ts" :${ts},"ph" : "X","name" :"${name}_kernel_time","args" : {"op_name" : "${opType}","provider" : "CPUExecutionProvider"${args}}}`;
}
function session(name: string, ts: number, dur: number): string {
  return `{"cat" : "Session","pid" :1,"tid" :1,"dur" :${dur},"ts" :${ts},"ph" : "X","name" :"${name}","args" : {}}`;
}
const file = (...events: string[]): string => `[\n${events.join(',\n')}\n]`;

describe('readTrace', () => {
  it('groups events by run and adds up the session creation', async () => {
    const trace = await readTrace(
      write(
        file(
          session('model_loading_uri', 1, 10),
          session('session_initialization', 12, 20),
          node('a', 'Conv', 101, 5),
          session('model_run', 100, 50),
          node('a', 'Conv', 201, 7),
          node('b', 'Relu', 209, 1),
          session('model_run', 200, 40),
        ),
      ),
    );
    assert.equal(trace.sessionCreateUs, 30);
    assert.equal(trace.skippedEvents, 0);
    assert.deepEqual(
      trace.runs.map((run) => [run.startUs, run.durationUs, run.events.map((event) => event.name)]),
      [
        [100, 50, ['a']],
        [200, 40, ['a', 'b']],
      ],
    );
  });

  it('reads shapes, types, provider and sizes', async () => {
    const args =
      ',"input_type_shape" : [{"float":[1,3]},{"int64":[]}],"output_type_shape" : [{"float16":[2]}],"parameter_size" : "24","mem_bytes_in_use" : "512","mem_in_use_peak" : "2048"';
    const trace = await readTrace(write(file(node('a', 'Conv', 1, 1, args), session('model_run', 0, 9))));
    const event = trace.runs[0]?.events[0];
    assert.ok(event);
    assert.deepEqual(event.inputShapes, [
      { dataType: 'float', dims: [1, 3] },
      { dataType: 'int64', dims: [] },
    ]);
    assert.deepEqual(event.outputShapes, [{ dataType: 'float16', dims: [2] }]);
    assert.equal(event.parameterBytes, 24);
    assert.equal(event.memoryInUseBytes, 512);
    assert.equal(event.arenaPeakBytes, 2048);
    assert.equal(event.provider, 'CPUExecutionProvider');
  });

  it('nests bodies in their If and Loop, equal start times included, and computes self times', async () => {
    const trace = await readTrace(
      write(
        file(
          node('first', 'Add', 98, 2),
          node('inner1', 'Add', 100, 3),
          node('inner2', 'Mul', 104, 4),
          session('SequentialExecutor::Execute', 100, 9),
          node('if', 'If', 100, 12),
          node('inner3', 'Sub', 113, 1),
          node('loop', 'Loop', 100, 20),
          node('last', 'Add', 121, 2),
          session('model_run', 90, 60),
        ),
      ),
    );
    const events = trace.runs[0]?.events ?? [];
    const nameOf = (index: number | null): string | null => (index === null ? null : (events[index]?.name ?? '?'));
    assert.deepEqual(
      events.map((event) => [event.name, nameOf(event.parent), event.selfUs]),
      [
        ['first', null, 2],
        ['loop', null, 7],
        ['if', 'loop', 5],
        ['inner1', 'if', 3],
        ['inner2', 'if', 4],
        ['inner3', 'loop', 1],
        ['last', null, 2],
      ],
    );
  });

  it('does not nest what merely overlaps, as inter-op threads do', async () => {
    const trace = await readTrace(
      write(file(node('short', 'Add', 12, 2), node('long', 'Conv', 10, 20), session('model_run', 0, 40))),
    );
    assert.deepEqual(
      trace.runs[0]?.events.map((event) => event.parent),
      [null, null],
    );
  });

  it('keeps what is whole of a file that was cut off, and counts the rest', async () => {
    const whole = file(
      node('a', 'Conv', 1, 1),
      session('model_run', 0, 5),
      node('b', 'Conv', 11, 1),
      node('c', 'Conv', 13, 1),
      session('model_run', 10, 5),
    );
    const cut = whole.slice(0, whole.indexOf('"c_kernel') + 4);
    const trace = await readTrace(write(cut));
    assert.equal(trace.runs.length, 1);
    // b belongs to no closed run; c is cut.
    assert.equal(trace.skippedEvents, 2);
  });

  it('survives every truncation and says nothing of a run that is not whole', async () => {
    const whole = file(node('a', 'Conv', 1, 1), session('model_run', 0, 5), '{"dur":"no"}');
    for (let length = 1; length < whole.length; length += 7) {
      const trace = await readTrace(write(whole.slice(0, length)));
      assert.ok(trace.runs.every((run) => run.events.length === 1));
    }
  });

  it('skips events whose unescaped names break the JSON, one for each, and goes on', async () => {
    const trace = await readTrace(
      write(
        file(
          node('say "hi"', 'Conv', 1, 1),
          node('odd"', 'Conv', 2, 1),
          node('back\\', 'Conv', 3, 1),
          node('line\nbreak', 'Conv', 4, 1),
          node('brace}{', 'Conv', 5, 1),
          node('good', 'Conv', 6, 1),
          session('model_run', 0, 9),
        ),
      ),
    );
    assert.deepEqual(
      trace.runs[0]?.events.map((event) => event.name),
      ['brace}{', 'good'],
    );
    assert.equal(trace.skippedEvents, 4);
  });

  it('ignores fences of older versions and device events, and fills in what older versions did not write', async () => {
    const old = `{"cat" : "Node","pid" :1,"tid" :1,"dur" :3,"ts" :1,"ph" : "X","name" :"a_kernel_time","args" : {"op_name" : "Conv"}}`;
    const fence = `{"cat" : "Node","pid" :1,"tid" :1,"dur" :1,"ts" :1,"ph" : "X","name" :"a_fence_before","args" : {"op_name" : "Conv"}}`;
    const api = `{"cat" : "Api","pid" :-1,"tid" :1,"dur" :1,"ts" :1,"ph" : "X","name" :"shader","args" : {}}`;
    const trace = await readTrace(write(file(fence, old, api, session('model_run', 0, 5))));
    assert.equal(trace.skippedEvents, 0);
    assert.deepEqual(trace.runs[0]?.events, [
      {
        name: 'a',
        opType: 'Conv',
        provider: '',
        startUs: 1,
        durationUs: 3,
        selfUs: 3,
        parent: null,
        inputShapes: [],
        outputShapes: [],
        parameterBytes: null,
        memoryInUseBytes: null,
        arenaPeakBytes: null,
      },
    ]);
  });

  it('leaves runs beyond the limit out, and counts them', async () => {
    const runs = [0, 10, 20].flatMap((ts) => [node('a', 'Conv', ts, 1), session('model_run', ts, 5)]);
    const trace = await readTrace(write(file(...runs)), { maximumEvents: 2 });
    assert.equal(trace.runs.length, 2);
    assert.equal(trace.skippedEvents, 1);
  });

  it('takes the empty file of a killed process for an empty trace', async () => {
    assert.deepEqual(await readTrace(write('')), { runs: [], skippedEvents: 0, sessionCreateUs: null });
  });

  it('refuses what is no profile, in words', async () => {
    await assert.rejects(readTrace(write('{"traceEvents": []}')), (error: unknown) => {
      assert.ok(error instanceof ExpectedError);
      assert.equal(error.failureMessage.code, 'measure.notATrace');
      return true;
    });
  });
});

describe('streamTrace', () => {
  it('shares the shapes of repeated events, so that long traces stay small', async () => {
    const args = ',"input_type_shape" : [{"float":[1,3,640,640]}]';
    const seen: unknown[] = [];
    await streamTrace(write(file(node('a', 'Conv', 1, 1, args), node('a', 'Conv', 9, 1, args))), (event) => {
      if (event.kind === 'node') seen.push(event.node.inputShapes);
    });
    assert.equal(seen.length, 2);
    assert.equal(seen[0], seen[1]);
  });
});

describe('ObjectSplitter', () => {
  const text = '[{"a":"}{\\"[,","b":{"c":[{"d":1}]}} ,\n{"e":"\\\\"},{"f":"ü"}]';

  it('finds the same objects wherever the chunks are cut', () => {
    const bytes = Buffer.from(text);
    for (let size = 1; size <= bytes.length; size += 1) {
      const found: unknown[] = [];
      const splitter = new ObjectSplitter((object) => found.push(JSON.parse(object.toString('utf8'))));
      for (let start = 0; start < bytes.length; start += size) splitter.push(bytes.subarray(start, start + size));
      splitter.end();
      assert.deepEqual(found, JSON.parse(text));
      assert.equal(splitter.abandoned, 0);
    }
  });

  it('gives an object up that does not end, without keeping it in memory', () => {
    const splitter = new ObjectSplitter(() => assert.fail('nothing is whole'));
    splitter.push(Buffer.from('[{"a":"'));
    for (let chunk = 0; chunk < 3; chunk += 1) splitter.push(Buffer.alloc(1 << 20, 0x78));
    splitter.end();
    assert.equal(splitter.abandoned, 1);
  });
});
