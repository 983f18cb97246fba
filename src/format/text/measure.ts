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

  'measure.input.notATensor':
    'Input {name} is a {kind}, not a tensor; such inputs cannot be made up or read from files yet.',
  'measure.input.noShape': 'The file does not say which shape input {name} has. Give it data with --input.',
  'measure.input.dataType': 'Input {name} has the type {dataType}, which ONNX Runtime cannot be given from here.',
  'measure.input.tooLarge': 'Input {name} of shape {shape} is too large to be held. Choose smaller dimensions.',
  'measure.input.unknownName': 'The model has no input {name}; its inputs are: {known}.',
  'measure.input.fileUnreadable': 'The input file {file} cannot be read ({cause}).',
  'measure.input.fileTooLarge': 'The input file {file} is larger than 2 GiB.',
  'measure.input.notAFile': '{file} is not a file.',
  'measure.input.fileKind': '{file} is of no kind that can feed an input: .npy, .npz and ONNX .pb can.',
  'measure.input.folderUnreadable': 'The input folder {folder} cannot be read ({cause}).',
  'measure.input.folderKind':
    'The folder {folder} has nothing that can feed a model: neither test_data_set_* nor input_*.pb nor .npy files named after inputs.',
  'measure.input.typeMismatch': '{file} holds {found}; input {name} takes {expected}.',
  'measure.input.shapeMismatch': '{file} has the shape {found}; input {name} takes {expected} here.',
  'measure.input.noMatch': 'What {file} holds ({found}) matches none of the inputs: {expected}.',
  'measure.npy.malformed': '{file} is not a whole .npy file.',
  'measure.npy.elementType': '{file} holds elements of type {type}; only numbers, bools and strings can be read.',
  'measure.npz.malformed': '{file} is not a whole .npz file.',
  'measure.tensorFile.malformed': '{file} is not a whole ONNX tensor.',
  'measure.tensorFile.dataType': '{file} holds no ONNX tensor that can be fed (its type is {dataType}).',
} as const;
