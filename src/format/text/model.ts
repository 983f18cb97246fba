export const modelText = {
  'model.error.missing': 'There is no file {path}.',
  'model.error.notAFile': '{path} is not a file.',
  'model.error.unreadable': '{path} cannot be read ({cause}).',
  'model.error.empty': '{path} is empty (0 bytes).',
  'model.error.truncated':
    '{path} ends too early: its content says {needed} bytes, the file has {bytes}. The download or copy was probably cut off; get the file again.',
  'model.error.malformed': '{path} is not a valid ONNX model: impossible data at byte {offset}.',
  'model.error.noGraph': '{path} is not an ONNX model: it has no graph.',
  'model.error.nesting': '{path} nests graphs more than {maximum} deep at byte {offset}; no runtime loads that.',
  'model.error.tooManyEntries': '{path} claims more nodes and values than any model has; it is probably damaged.',
  'model.error.attributeTooLarge':
    '{path} has an attribute of {bytes} bytes before byte {offset}; models with compiled parts inside cannot be profiled.',
  'model.error.externalPath':
    '{path} keeps weights in "{location}", which lies outside its folder. Such a file is not opened; put the weights beside the model.',
  'model.error.externalMissing':
    'The weights of {path} are in "{location}", which is not there. Put that file beside the model.',
  'model.error.externalLfs':
    'The weights of {path} are in "{location}", which is a Git LFS pointer. Fetch them with: git lfs pull',
  'model.error.externalTruncated':
    'The weights of {path} in "{location}" end too early: {needed} bytes are needed, the file has {bytes}. Get the file again.',
  'model.error.recursion': 'The local function {name} calls itself; no runtime loads that.',
  'model.error.functionSize': 'The local functions of this model expand to more than {maximum} nodes.',
  'model.error.tooLargeToWrite': 'The model with its weights is larger than 2 GiB, more than one ONNX file can hold.',
} as const;
