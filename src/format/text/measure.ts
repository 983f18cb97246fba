export const measureText = {
  'measure.warning.disturbed':
    'Other processes kept {cores} CPU cores busy while this was measured; quiet could not be had. On an idle machine it may be faster.',
  'measure.warning.slowed':
    'The machine ran {percent} % slower at the end than at the start: heat, battery or power mode.',
  'measure.warning.oneRun': 'Only one run fitted into the time budget, so how much the time varies is not known.',
  'measure.warning.fewRuns': 'Only {runs} runs fitted into the time budget; the interval is their range.',
  'measure.warning.oneRound':
    'Measured in one round only; rounds at other moments may differ more than the interval says.',
  'measure.warning.stopped': 'Stopped before the end; these figures rest on what was measured until then.',
  'measure.warning.shapesFromFile':
    'The run that records real shapes failed ({reason}); shapes and costs are those inferred from the file.',
  'measure.warning.traceFailed': 'The time of single kernels is not known: {reason}',
  'measure.warning.ortFormat':
    'An .ort file is already optimised: kernels are shown as the runtime names them and are not mapped to operators of a source model.',
  'measure.warning.memoryUnknown': 'How much memory activations need is not known: {reason}',
  'measure.warning.outputsDiffer':
    'Output {output} differs from the expected one in {folder}: by up to {difference} in {count} of {total} elements.',
  'measure.warning.outputMissing':
    'The expected output {file} in {folder} has no counterpart among the outputs of the model.',
  'measure.warning.outputShape': 'Output {output} has the shape {found}; {folder} expects {expected}.',
  'measure.notATrace': '{path} is not a profile written by ONNX Runtime: it does not begin as a JSON array.',
  'measure.sharesIndicative':
    'The recorded kernel times add up to {ratio} times what a run without recording takes, even after the cost of recording was taken off; shares are indicative.',
} as const;
