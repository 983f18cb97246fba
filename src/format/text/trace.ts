/** Profiles that ONNX Runtime wrote elsewhere. */
export const traceText = {
  'trace.error.nothing':
    '{file} holds no run of a model. Profile at least one run, and end profiling so that the file is written.',
  'trace.warning.asRecorded':
    'Recorded elsewhere, with the profiler on: times are as recorded, the cost of recording (1 to 5 µs a kernel) included; without it the model is faster. The machine is not known.',
  'trace.warning.oneRun': 'The trace has one run, so its warm-up could not be left out and there is no interval.',
  'trace.warning.cutOff':
    'The trace was cut off in its first run: times are those of the kernels until then, and the total is what they span.',
  'trace.warning.skipped': '{count} events were left out: damaged, cut off, or in no run.',
  'trace.warning.skipped.one': 'One event was left out: damaged, cut off, or in no run.',
  'trace.warning.shapesVary': 'Runs had inputs of different shapes: times are means over all of them.',
  'trace.warning.noShapes':
    'The trace has no shapes: the runtime that wrote it is too old for them, so bytes are not known.',
  'trace.warning.byName':
    'Kernels were matched to the file’s nodes by name: {named} of {kernels}. Which nodes were fused follows from the graph, not from the runtime.',
  'trace.warning.noModel':
    'The model of the trace is not known: there are no multiply-accumulates, modules or nodes of the file. Name it to have them.',
  'trace.warning.modelFound': 'The trace names the nodes of {file}, so it was taken for that model’s.',
} as const;
