export const measureText = {
  'measure.warning.disturbed':
    'Other processes kept up to {cores} CPU cores busy while this was measured; quiet could not be had. On an idle machine it may be faster.',
  'measure.warning.slowed':
    'The machine ran {percent} % slower at the end than at the start: heat, battery or power mode.',
  'measure.warning.slowerThanBest':
    'The machine was {percent} % slower than in the quickest of {profiles} earlier profiles (the reference kernel beside the rounds): power mode, heat, or a host that it shares. At its best this may be faster.',
  'measure.warning.coresApart':
    'Most of this was measured while one core answered another {times} times slower than at best: the system or its host moved the cores that share the work apart. On a quiet machine it may be faster.',
  'measure.warning.carriedInputs':
    'What {names} has for a type cannot be handed to the runtime from here: a copy of the model was measured that takes a wider one, with a Cast behind it.',
  'measure.warning.oneRun': 'Only one run fitted into the time budget, so how much the time varies is not known.',
  'measure.warning.fewRuns': 'Only {runs} runs fitted into the time budget; the interval is their range.',
  'measure.warning.oneRound':
    'Measured in one round only; rounds at other moments may differ more than the interval says.',
  'measure.warning.stopped': 'Stopped before the end; these figures rest on what was measured until then.',
  'measure.warning.shapesFromFile':
    'The run that records real shapes failed ({reason}); shapes and costs are those inferred from the file.',
  'measure.warning.traceFailed': 'The time of single kernels is not known: {reason}',
  'measure.warning.noKernels':
    'No kernel ran: everything in this model is computed when it is loaded. What a call takes is the runtime’s own time.',
  'measure.warning.ortFormat':
    'An .ort file is already optimised: kernels are shown as the runtime names them and are not mapped to operators of a source model.',
  'measure.warning.noRoofline':
    'The ceilings of this machine are not known, so neither is what bounds each kernel: measuring them takes a budget of at least 4 seconds, once.',
  'measure.warning.memoryUnknown': 'How much memory activations need is not known: {reason}',
  'measure.warning.outputsDiffer':
    'Output {output} differs from the expected one in {folder}: {count} of {total} elements are out of tolerance (largest error {absolute}, relative {relative}; tolerance {tolerance}).',
  'measure.warning.outputsAgree':
    'Output {output} is the expected one in {folder} (largest error {absolute}, relative {relative}; tolerance {tolerance}).',
  'measure.warning.outputsMore': '{count} more outputs are the expected ones in {folder}.',
  'measure.warning.outputMissing':
    'The expected output {file} in {folder} has no counterpart among the outputs of the model.',
  'measure.warning.outputShape': 'Output {output} has the shape {found}; {folder} expects {expected}.',
  'measure.notATrace': '{path} is not a profile written by ONNX Runtime: it does not begin as a JSON array.',
  'measure.sharesIndicative':
    'The recorded kernel times add up to {ratio} times what a run without recording takes, even after the cost of recording was taken off; shares are indicative.',

  'measure.input.notATensor':
    'Input {name} is of the kind “{kind}”, not a tensor; such inputs cannot be made up or read from files.',
  'measure.input.noShape': 'The file does not say which shape input {name} has. Give it data with --input.',
  'measure.input.dataType': 'Input {name} has the type {dataType}, which ONNX Runtime cannot be given from here.',
  'measure.input.tooLarge': 'Input {name} of shape {shape} is too large to be held. Choose smaller dimensions.',
  'measure.input.unknownName': 'The model has no input {name}; its inputs are: {known}.',
  'measure.input.fileUnreadable': 'The input file {file} cannot be read ({cause}).',
  'measure.input.notJson': '{file} is not a JSON object. Mend it, or take it away from the model.',
  'measure.input.fileTooLarge': 'The input file {file} is larger than {maximum} MiB.',
  'measure.input.notAFile': '{file} is not a file.',
  'measure.input.fileKind':
    '{file} is of no kind that can feed an input: .npy, .npz, ONNX .pb, .png, .jpg and .txt can.',
  'measure.input.folderUnreadable': 'The input folder {folder} cannot be read ({cause}).',
  'measure.input.folderKind':
    'The folder {folder} has nothing that can feed a model: neither test_data_set_* nor input_*.pb, nor .npy files named after inputs, nor .png, .jpg or .txt files.',
  'measure.input.folderOfOne':
    'The folder {folder} has neither images nor texts, which are what a folder can feed input {name} with. An array is named by its file; a folder of arrays, one for each input, by --input-dir.',
  'measure.input.typeMismatch': '{file} holds {found}; input {name} takes {expected}.',
  'measure.input.shapeMismatch': '{file} has the shape {found}; input {name} takes {expected} here.',
  'measure.input.noMatch': 'What {file} holds ({found}) matches none of the inputs: {expected}.',
  'measure.image.malformed': 'The image {file} cannot be decoded: {reason}.',
  'measure.image.format': '{file} is no PNG or JPEG. Other images have to be converted to one of them first.',
  'measure.image.tooLarge':
    'The image {file} has {width} × {height} pixels; at most {maximum} million can be read. Make it smaller.',
  'measure.image.noInput':
    'No input can take the images of {folder}: one of rank 3 or 4 is needed. The inputs of the model are: {known}.',
  'measure.image.whichInput':
    'More than one input can take the images of {folder}: {known}. Name one: --input NAME={folder}.',
  'measure.image.layout':
    'Input {name} of shape {shape} cannot take images: the axis of the channels, the first or the last of an image, must be 1 or 3. Bind it with --dim, or set "preprocessing": {"layout": "NHWC"} in inference-profiler.json.',
  'measure.text.noInput':
    'No single input can take the text of {folder}: token ids (int64 or int32) or strings are needed. The inputs of the model are: {known}. Name one: --input NAME={folder}.',
  'measure.text.noTokenizer':
    'Text needs a tokenizer.json beside {model}. Put the one that the model was published with there.',
  'measure.text.tokenizer': '{file} cannot be followed: {reason}. Feed token ids from .npy files instead.',
  'measure.text.vocabulary':
    'The tokenizer gives the id {id} to a token of {folder}, but {name} may only be below {rows}: tokenizer.json belongs to another model.',
  'measure.text.empty': '{folder} has no line of text.',
  'measure.text.notUtf8': '{file} is not text in UTF-8.',
  'measure.warning.imageAssumed.colour':
    'How pixels become values of {name} is assumed: red, green, blue, stretched to {height} × {width}, from 0 to 1. Put preprocessor_config.json beside the model, or set models{…}.preprocessing in inference-profiler.json.',
  'measure.warning.imageAssumed.grey':
    'How pixels become values of {name} is assumed: grey, stretched to {height} × {width}, from 0 to 1. Put preprocessor_config.json beside the model, or set models{…}.preprocessing in inference-profiler.json.',
  'measure.warning.textCut':
    '{count} of the first {total} texts are longer than the {length} tokens of this scenario and were cut.',
  'measure.warning.samplesUsed': 'Measured on the first {count} of {total} samples, one after the other.',
  'measure.warning.samplesUnfit': '{count} of {total} samples have other shapes and were left out.',
  'measure.npy.malformed': '{file} is not a whole .npy file.',
  'measure.npy.elementType': '{file} holds elements of type {type}; only numbers, bools and strings can be read.',
  'measure.npz.malformed': '{file} is not a whole .npz file.',
  'measure.tensorFile.malformed': '{file} is not a whole ONNX tensor.',
  'measure.tensorFile.dataType': '{file} holds no ONNX tensor that can be fed (its type is {dataType}).',
} as const;
