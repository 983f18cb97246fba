export const modelText = {
  'model.error.missing': 'There is no file {path}.',
  'model.error.notAFile': '{path} is not a file.',
  'model.error.folder': 'The folder {path} cannot be listed.',
  'model.error.unreadable': '{path} cannot be read ({cause}).',
  'model.error.truncated':
    '{path} ends too early: its content reaches to byte {needed}, the file has {bytes}. The download or copy was probably cut off; get the file again.',
  'model.error.malformed': '{path} is not a valid ONNX model: impossible data at byte {offset}.',
  'model.error.malformedOrt': '{path} is not a valid ORT model: impossible data at byte {offset}.',
  'model.error.noGraph': '{path} is not an ONNX model: it has no graph.',
  'model.error.nesting': '{path} nests graphs more than {maximum} deep at byte {offset}; no runtime loads that.',
  'model.error.tooManyEntries': '{path} claims more nodes and values than any model has; it is probably damaged.',
  'model.error.attributeTooLarge':
    '{path} has an attribute of {bytes} bytes near byte {offset}; models with compiled parts inside cannot be profiled.',
  'model.error.externalPath':
    '{path} keeps weights in "{location}", which lies outside its folder. Such a file is not opened; put the weights beside the model.',
  'model.error.externalMissing':
    'The weights of {path} are in "{location}", which is not there. Put that file beside the model.',
  'model.error.externalLfs':
    'The weights of {path} are in "{location}", which is only a Git LFS pointer. Fetch them with: git lfs pull',
  'model.error.externalTruncated':
    'The weights of {path} in "{location}" end too early: {needed} bytes are needed, the file has {bytes}. Get the file again.',
  'model.error.recursion': 'The local function {name} calls itself; no runtime loads that.',
  'model.error.functionSize': 'The local functions of this model expand to more than {maximum} nodes.',
  'model.error.tooLargeToWrite': 'The model with its weights is larger than 2 GiB, more than one ONNX file can hold.',
  'model.format.empty': '{path} is empty (0 bytes).',
  'model.format.text': '{path} is a text file, not a model.',
  'model.format.unknown': '{path} is not an ONNX model, nor another model format that is known here.',
  'model.format.gitLfsPointer':
    '{path} is a Git LFS pointer; the model itself has not been fetched. Fetch it with: git lfs pull',
  'model.format.tflite':
    '{path} is a TensorFlow Lite model. Convert it to ONNX with: python -m tf2onnx.convert --tflite MODEL.tflite --output MODEL.onnx',
  'model.format.safetensors':
    '{path} holds weights in safetensors format without a graph. Export the model to ONNX with: optimum-cli export onnx --model FOLDER OUTPUT',
  'model.format.gguf':
    '{path} is a GGUF file, weights for llama.cpp without a graph. Export the original model to ONNX with: optimum-cli export onnx --model NAME OUTPUT',
  'model.format.pytorch':
    '{path} is a PyTorch checkpoint: weights without a graph. Load it in its model class and call torch.onnx.export(model, inputs, "model.onnx").',
  'model.format.torchscript':
    '{path} is a TorchScript model. Load it with torch.jit.load and call torch.onnx.export(model, inputs, "model.onnx").',
  'model.format.tensorflowGraph':
    '{path} is a TensorFlow graph. Convert it to ONNX with: python -m tf2onnx.convert --graphdef MODEL.pb --inputs NAME:0 --outputs NAME:0 --output MODEL.onnx',
  'model.format.tensorflowSavedModel':
    '{path} belongs to a TensorFlow SavedModel. Convert its folder to ONNX with: python -m tf2onnx.convert --saved-model FOLDER --output MODEL.onnx',
  'model.format.hdf5':
    '{path} is an HDF5 file, as Keras wrote models before version 3. Load it in Keras and call model.export("model.onnx", format="onnx").',
  'model.format.keras':
    '{path} is a Keras model. Load it with keras.saving.load_model and call model.export("model.onnx", format="onnx").',
  'model.format.coreml':
    '{path} is a Core ML model. It cannot be turned back into ONNX reliably; export ONNX from the model that it was made from.',
  'model.format.tensorrt':
    '{path} is a TensorRT engine, compiled for one GPU. Profile the ONNX model that it was built from.',
  'model.format.openvino':
    '{path} belongs to an OpenVINO model. It cannot be turned back into ONNX; profile the ONNX model that it was made from.',
} as const;
