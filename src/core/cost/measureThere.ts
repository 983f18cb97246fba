/** How a model is measured on another machine: one command of this tool, or a script for a server's own runtime. */

import type { InputSummary, Report, Scenario } from '../../protocol/report.js';
import { MEASUREMENT_FORMAT } from './answers/measurements.js';
import { itemsOfCall } from './answers/services.js';

/** The file that the measurement is written to; its name says the machine where nothing else does. */
export const measurementFile = (instance: string): string => `measured-${instance.replace(/[^\w.+-]/g, '_')}.json`;

/** The machine that such a file is of; null for another name. */
export const instanceOfFile = (name: string): string | null =>
  /^measured-([\w.+-]{1,100})\.json$/.exec(name)?.[1] ?? null;

const quoted = (word: string): string => (/^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

/** For a POSIX shell on the other machine, beside the model's file. */
export function commandThere(report: Pick<Report, 'model'>, scenario: Scenario, instance: string): string {
  const file = fileName(report.model.path);
  return [...costOf(file, scenario), '--this-machine', instance, '--json', measurementFile(instance)]
    .map(quoted)
    .join(' ');
}

/** On this machine, where the model's file is. */
export const commandHere = (report: Pick<Report, 'model'>, scenario: Scenario): string =>
  costOf(report.model.path, scenario).map(quoted).join(' ');

function costOf(file: string, { dimensions }: Scenario): string[] {
  // Expressions follow from the others.
  const asked = dimensions.flatMap(({ name, value, source }) =>
    source === 'expression' ? [] : ['--dim', `${name}=${value}`],
  );
  return ['inference-profiler', 'cost', file, ...asked];
}

const fileName = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;

const NUMPY_TYPES: Readonly<Record<string, string>> = {
  float32: 'float32',
  float16: 'float16',
  float64: 'float64',
  int64: 'int64',
  int32: 'int32',
  int16: 'int16',
  int8: 'int8',
  uint8: 'uint8',
  bool: 'bool',
};

/** null where an input cannot be made there, e.g. text. */
function inputOf({ name, dataType, shape }: InputSummary): { name: string; type: string; shape: number[] } | null {
  const type = Object.hasOwn(NUMPY_TYPES, dataType) ? NUMPY_TYPES[dataType] : undefined;
  return type === undefined ? null : { name, type, shape };
}

/**
 * Python for a server that has ONNX Runtime with TensorRT or CUDA: nothing is installed, nothing is sent. Names of the
 * model stand in it as JSON strings, which Python reads as they are. null where an input cannot be made there.
 */
export function scriptThere(
  report: Pick<Report, 'model' | 'capacity'>,
  scenario: Scenario,
  instance: string,
): string | null {
  const inputs = scenario.inputs.map(inputOf);
  if (inputs.some((input) => input === null)) return null;
  // Items of a call, counted as they were here.
  const batch = itemsOfCall(report, scenario);
  // What steers a terminal is written as an escape, which Python reads alike.
  const literal = (value: unknown): string =>
    JSON.stringify(value).replace(/[\u007f-\u009f]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
  return `"""Measures a model with the ONNX Runtime of this machine. Run it beside the model: python3 measure.py"""
import datetime, hashlib, json, threading, time
import numpy as np
import onnxruntime as ort

MODEL = ${literal(fileName(report.model.path))}
INSTANCE = ${literal(instance)}
INPUTS = ${literal(inputs)}
BATCH = ${batch}
OUTPUT = ${literal(measurementFile(instance))}
WANTED = ["TensorrtExecutionProvider", "CUDAExecutionProvider", "CPUExecutionProvider"]
SECONDS, WARM_UP, LEAST_RUNS = 8.0, 10, 50

providers = [each for each in WANTED if each in ort.get_available_providers()]
random = np.random.default_rng(1)


def feed(each):
    if each["type"].startswith("float"):
        return random.random(each["shape"]).astype(each["type"])
    return random.integers(0, 2, each["shape"]).astype(each["type"])


feeds = {each["name"]: feed(each) for each in INPUTS}


def timed(session, samples, deadline):
    while time.perf_counter() < deadline or len(samples) < LEAST_RUNS:
        begun = time.perf_counter_ns()
        session.run(None, feeds)
        samples.append(time.perf_counter_ns() - begun)


capacity, used = [], ""
for count in (1, 2):
    sessions = [ort.InferenceSession(MODEL, providers=providers) for _ in range(count)]
    used = sessions[0].get_providers()[0]
    for session in sessions:
        for _ in range(WARM_UP):
            session.run(None, feeds)
    samples = [[] for _ in sessions]
    deadline = time.perf_counter() + SECONDS
    threads = [threading.Thread(target=timed, args=(s, r, deadline)) for s, r in zip(sessions, samples)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times = [each for one in samples for each in one]
    capacity.append({"batch": BATCH, "threads": 1, "sessions": count, "serviceSamplesNs": times})
    print(f"{count} at once: {np.median(times) / 1e6:.2f} ms with {used}")

with open(MODEL, "rb") as model:
    digest = hashlib.sha256(model.read()).hexdigest()
with open(OUTPUT, "w") as output:
    json.dump({"format": ${literal(MEASUREMENT_FORMAT)}, "instance": INSTANCE, "provider": used,
               "measuredAt": datetime.datetime.now(datetime.timezone.utc).isoformat(),
               "contentSha256": digest, "runtimeVersion": ort.__version__, "capacity": capacity}, output)
print(f"Written: {OUTPUT}")
`;
}
