import { FileConstants } from './constants.js';
import type { ModelGraph, OpsetImport } from './graph.js';
import { liftConstants } from './onnx/liftConstants.js';
import { EntryField, FunctionField, ModelField, OpsetField } from './onnx/fields.js';
import { ProtobufWriter } from './onnx/protobufWriter.js';
import { writeAttribute, writeGraph, writeNode } from './onnx/writeGraph.js';
import { TensorWriter, type WeightsSink } from './onnx/writeTensor.js';

export interface WriteOptions {
  /**
   * inline: the bytes stand alone. reference: weights that lie raw in a file stay there as external data, with paths
   * relative to `weightsFolder(model)`; large Constant nodes become initializers, because only those may be external.
   * A sink: all large weights go there, wherever they lay.
   */
  weights: 'inline' | 'reference' | WeightsSink;
}

/**
 * The model as ONNX bytes. Reads the weights that it writes from the model's files; throws `ExpectedError` when those
 * are missing, or when the result would be larger than 2 GiB.
 */
export function writeModel(model: ModelGraph, options: WriteOptions): Uint8Array {
  const constants = new FileConstants(model);
  try {
    const writer = new ProtobufWriter();
    const tensors = new TensorWriter(writer, model, constants, options.weights);
    writeModelFields(writer, model);
    const graph = options.weights === 'inline' ? model.graph : liftConstants(model.graph, tensors);
    writer.message(ModelField.graph, () => {
      writeGraph(writer, tensors, graph);
    });
    writeFunctions(writer, tensors, model);
    return writer.finish();
  } finally {
    constants.close();
  }
}

function writeModelFields(writer: ProtobufWriter, model: ModelGraph): void {
  writer.integer(ModelField.irVersion, model.irVersion);
  writer.optionalText(ModelField.producerName, model.producerName);
  writer.optionalText(ModelField.producerVersion, model.producerVersion);
  writer.optionalText(ModelField.domain, model.domain);
  if (model.modelVersion !== 0) writer.integer(ModelField.modelVersion, model.modelVersion);
  writer.optionalText(ModelField.docString, model.docString);
  for (const opset of model.opsets) writeOpset(writer, ModelField.opsetImport, opset);
  for (const [key, value] of Object.entries(model.metadata)) {
    writer.message(ModelField.metadata, () => {
      writer.text(EntryField.key, key);
      writer.text(EntryField.value, value);
    });
  }
}

function writeOpset(writer: ProtobufWriter, tag: number, opset: OpsetImport): void {
  writer.message(tag, () => {
    writer.text(OpsetField.domain, opset.domain);
    writer.integer(OpsetField.version, opset.version);
  });
}

function writeFunctions(writer: ProtobufWriter, tensors: TensorWriter, model: ModelGraph): void {
  for (const body of model.functions) {
    writer.message(ModelField.functions, () => {
      writer.text(FunctionField.name, body.name);
      writer.text(FunctionField.domain, body.domain);
      writer.optionalText(FunctionField.overload, body.overload);
      for (const name of body.inputs) writer.text(FunctionField.input, name);
      for (const name of body.outputs) writer.text(FunctionField.output, name);
      for (const name of body.attributeNames) writer.text(FunctionField.attributeName, name);
      for (const node of body.nodes) writeNode(writer, tensors, FunctionField.node, node);
      for (const opset of body.opsets) writeOpset(writer, FunctionField.opsetImport, opset);
      for (const attribute of body.attributeDefaults)
        writeAttribute(writer, tensors, FunctionField.attributeDefault, attribute);
    });
  }
}
