import { ExpectedError } from '../../common/errors.js';
import type { FileSource } from '../fileSource.js';
import type { ModelGraph } from '../graph.js';
import { ModelField } from './fields.js';
import { ProtobufReader } from './protobufReader.js';
import { emptyGraph, readFunction, readGraph, readOpset } from './readGraph.js';
import { readEntry } from './readTensor.js';

/** ModelProto. Throws `ExpectedError` at the first impossible byte, with its offset, or when no graph is in it. */
export function readOnnx(source: FileSource): ModelGraph {
  const reader = new ProtobufReader(source);
  const model: ModelGraph = {
    format: 'onnx',
    path: source.path,
    fileBytes: source.bytes,
    irVersion: 0,
    opsets: [],
    producerName: '',
    producerVersion: '',
    domain: '',
    modelVersion: 0,
    docString: '',
    metadata: {},
    graph: emptyGraph(),
    functions: [],
  };
  const metadata = new Map<string, string>();
  let hasGraph = false;
  while (reader.position < source.bytes) hasGraph = readModelField(reader, model, metadata) || hasGraph;
  if (!hasGraph) throw new ExpectedError('input', 'model.error.noGraph', { path: source.path });
  model.metadata = Object.fromEntries(metadata);
  return model;
}

/** true for the field that holds the graph. */
function readModelField(reader: ProtobufReader, model: ModelGraph, metadata: Map<string, string>): boolean {
  const end = reader.source.bytes;
  const tag = reader.tag();
  switch (tag) {
    case ModelField.irVersion:
      model.irVersion = reader.varint();
      return false;
    case ModelField.producerName:
      model.producerName = reader.text(end);
      return false;
    case ModelField.producerVersion:
      model.producerVersion = reader.text(end);
      return false;
    case ModelField.domain:
      model.domain = reader.text(end);
      return false;
    case ModelField.modelVersion:
      model.modelVersion = reader.varint();
      return false;
    case ModelField.docString:
      model.docString = reader.text(end);
      return false;
    case ModelField.graph:
      // A message may come in pieces; protobuf adds them up.
      readGraph(reader, reader.length(end), 0, model.graph);
      return true;
    case ModelField.opsetImport:
      model.opsets.push(readOpset(reader, reader.length(end)));
      return false;
    case ModelField.metadata: {
      const { key, value } = readEntry(reader, reader.length(end));
      metadata.set(key, value);
      return false;
    }
    case ModelField.functions:
      model.functions.push(readFunction(reader, reader.length(end)));
      return false;
    default:
      reader.skip(tag, end);
      return false;
  }
}
