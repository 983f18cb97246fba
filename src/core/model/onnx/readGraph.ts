import { readAttribute } from './readAttribute.js';
import type { Graph, LocalFunction, Node, OpsetImport } from '../graph.js';
import { FunctionField, GraphField, NodeField, OpsetField } from './fields.js';
import { ExpectedError } from '../../common/errors.js';
import { append, type ProtobufReader } from './protobufReader.js';
import { readSparseTensor, readTensor } from './readTensor.js';
import { readValue } from './readValue.js';

/** Graphs inside graphs; the runtime's own parser gives up earlier. */
export const MAXIMUM_NESTING = 64;

export function emptyGraph(): Graph {
  return { name: '', nodes: [], initializers: [], inputs: [], outputs: [], valueInfos: [] };
}

/** GraphProto up to `end`, added to `graph`; `depth` counts the graphs around it. */
export function readGraph(reader: ProtobufReader, end: number, depth: number, graph = emptyGraph()): Graph {
  if (depth > MAXIMUM_NESTING) {
    throw new ExpectedError('input', 'model.error.nesting', {
      path: reader.source.path,
      offset: reader.position,
      maximum: MAXIMUM_NESTING,
    });
  }
  while (reader.position < end) {
    const tag = reader.tag();
    switch (tag) {
      case GraphField.node:
        graph.nodes.push(readNode(reader, reader.length(end), depth));
        break;
      case GraphField.name:
        graph.name = reader.text(end);
        break;
      case GraphField.initializer:
        graph.initializers.push(readTensor(reader, reader.length(end)));
        break;
      case GraphField.input:
        graph.inputs.push(readValue(reader, reader.length(end)));
        break;
      case GraphField.output:
        graph.outputs.push(readValue(reader, reader.length(end)));
        break;
      case GraphField.valueInfo:
        graph.valueInfos.push(readValue(reader, reader.length(end)));
        break;
      case GraphField.sparseInitializer:
        (graph.sparseInitializers ??= []).push(readSparseTensor(reader, reader.length(end)));
        break;
      default:
        reader.skip(tag, end);
    }
  }
  reader.finish(end);
  return graph;
}

function readNode(reader: ProtobufReader, end: number, depth: number): Node {
  reader.budget.countEntry();
  const node: Node = { name: '', opType: '', domain: '', inputs: [], outputs: [], attributes: [] };
  while (reader.position < end) {
    const tag = reader.tag();
    switch (tag) {
      case NodeField.input:
        reader.budget.countItems(1);
        node.inputs = append(node.inputs, reader.name(end));
        break;
      case NodeField.output:
        reader.budget.countItems(1);
        node.outputs = append(node.outputs, reader.name(end));
        break;
      case NodeField.name:
        node.name = reader.text(end);
        break;
      case NodeField.opType:
        node.opType = reader.name(end);
        break;
      case NodeField.attribute:
        node.attributes = append(node.attributes, readAttribute(reader, reader.length(end), depth));
        break;
      case NodeField.domain:
        node.domain = defaultDomain(reader.name(end));
        break;
      case NodeField.overload:
        node.overload = reader.text(end) || undefined;
        break;
      default:
        reader.skip(tag, end);
    }
  }
  reader.finish(end);
  return node;
}

/** 'ai.onnx' is another way to write ''. */
export function defaultDomain(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}

export function readOpset(reader: ProtobufReader, end: number): OpsetImport {
  const opset: OpsetImport = { domain: '', version: 0 };
  while (reader.position < end) {
    const tag = reader.tag();
    if (tag === OpsetField.domain) opset.domain = defaultDomain(reader.text(end));
    else if (tag === OpsetField.version) opset.version = reader.varint();
    else reader.skip(tag, end);
  }
  reader.finish(end);
  return opset;
}

/** FunctionProto: a local function's body. */
export function readFunction(reader: ProtobufReader, end: number): LocalFunction {
  const names = { domain: '', name: '', overload: '' };
  const lists = { inputs: [], outputs: [], attributeNames: [], attributeDefaults: [], nodes: [], opsets: [] };
  const body: LocalFunction = { ...names, ...lists };
  while (reader.position < end) readFunctionField(reader, end, body);
  reader.finish(end);
  return body;
}

function readFunctionField(reader: ProtobufReader, end: number, body: LocalFunction): void {
  const tag = reader.tag();
  switch (tag) {
    case FunctionField.name:
      body.name = reader.text(end);
      return;
    case FunctionField.domain:
      body.domain = defaultDomain(reader.text(end));
      return;
    case FunctionField.overload:
      body.overload = reader.text(end);
      return;
    case FunctionField.input:
      body.inputs.push(reader.text(end));
      return;
    case FunctionField.output:
      body.outputs.push(reader.text(end));
      return;
    case FunctionField.attributeName:
      body.attributeNames.push(reader.text(end));
      return;
    case FunctionField.attributeDefault:
      body.attributeDefaults.push(readAttribute(reader, reader.length(end), 0));
      return;
    case FunctionField.node:
      body.nodes.push(readNode(reader, reader.length(end), 0));
      return;
    case FunctionField.opsetImport:
      body.opsets.push(readOpset(reader, reader.length(end)));
      return;
    default:
      reader.skip(tag, end);
  }
}
