import type { Attribute, DimensionRef, Graph, Node, ValueInfo, ValueType } from '../graph.js';
import {
  AttributeField,
  AttributeType,
  DimensionField,
  GraphField,
  NodeField,
  ShapeField,
  TensorTypeField,
  TypeField,
  ValueField,
} from './fields.js';
import type { ProtobufWriter } from './protobufWriter.js';
import type { TensorWriter } from './writeTensor.js';

/** GraphProto; initializers by the writer's mode. `nested`: in a node's attribute. */
export function writeGraph(writer: ProtobufWriter, tensors: TensorWriter, graph: Graph, nested = false): void {
  for (const node of graph.nodes) writeNode(writer, tensors, GraphField.node, node);
  writer.text(GraphField.name, graph.name || 'graph');
  for (const tensor of graph.initializers) tensors.write(GraphField.initializer, tensor, 'reference', nested);
  for (const sparse of graph.sparseInitializers ?? []) tensors.writeSparse(GraphField.sparseInitializer, sparse);
  for (const value of graph.inputs) writeValue(writer, GraphField.input, value);
  for (const value of graph.outputs) writeValue(writer, GraphField.output, value);
  for (const value of graph.valueInfos) writeValue(writer, GraphField.valueInfo, value);
}

/** NodeProto as field `tag` of the message that holds it. */
export function writeNode(writer: ProtobufWriter, tensors: TensorWriter, tag: number, node: Node): void {
  writer.message(tag, () => {
    for (const name of node.inputs) writer.text(NodeField.input, name);
    for (const name of node.outputs) writer.text(NodeField.output, name);
    writer.optionalText(NodeField.name, node.name);
    writer.text(NodeField.opType, node.opType);
    writer.optionalText(NodeField.domain, node.domain);
    writer.optionalText(NodeField.overload, node.overload ?? '');
    for (const attribute of node.attributes) writeAttribute(writer, tensors, NodeField.attribute, attribute);
  });
}

/** AttributeProto as field `tag`; its tensors stand in the bytes, because a runtime takes external ones only as initializers. */
export function writeAttribute(writer: ProtobufWriter, tensors: TensorWriter, tag: number, attribute: Attribute): void {
  writer.message(tag, () => {
    if (attribute.type === 'opaque') {
      // Its bytes hold the name too; the one written last counts.
      writer.raw(attribute.value);
      writer.text(AttributeField.name, attribute.name);
      return;
    }
    writer.text(AttributeField.name, attribute.name);
    if (attribute.reference === undefined) writeAttributeValue(writer, tensors, attribute);
    else writer.text(AttributeField.reference, attribute.reference);
    writer.integer(AttributeField.type, AttributeType[attribute.type]);
  });
}

function writeAttributeValue(
  writer: ProtobufWriter,
  tensors: TensorWriter,
  attribute: Exclude<Attribute, { type: 'opaque' }>,
): void {
  switch (attribute.type) {
    case 'float':
      writer.float32(AttributeField.float, attribute.value);
      break;
    case 'int':
      writer.integer(AttributeField.int, attribute.value);
      break;
    case 'string':
      writer.text(AttributeField.string, attribute.value);
      break;
    case 'tensor':
      tensors.write(AttributeField.tensor, attribute.value, 'inline');
      break;
    case 'graph':
      writer.message(AttributeField.graph, () => {
        writeGraph(writer, tensors, attribute.value, true);
      });
      break;
    case 'floats':
      for (const value of attribute.value) writer.float32(AttributeField.floats, value);
      break;
    case 'ints':
      for (const value of attribute.value) writer.integer(AttributeField.ints, value);
      break;
    case 'strings':
      for (const value of attribute.value) writer.text(AttributeField.strings, value);
      break;
    case 'tensors':
      for (const value of attribute.value) tensors.write(AttributeField.tensors, value, 'inline');
      break;
    case 'graphs':
      for (const graph of attribute.value) {
        writer.message(AttributeField.graphs, () => {
          writeGraph(writer, tensors, graph, true);
        });
      }
  }
}

function writeValue(writer: ProtobufWriter, tag: number, value: ValueInfo): void {
  writer.message(tag, () => {
    writer.text(ValueField.name, value.name);
    writeType(writer, value.type);
  });
}

function writeType(writer: ProtobufWriter, type: ValueType): void {
  if (type.kind !== 'tensor') {
    if (type.encoded !== undefined) writer.bytes(ValueField.type, type.encoded);
    return;
  }
  writer.message(ValueField.type, () => {
    writer.message(TypeField.tensor, () => {
      writer.integer(TensorTypeField.elementType, type.dataType);
      if (type.shape !== null) writeShape(writer, type.shape);
    });
  });
}

function writeShape(writer: ProtobufWriter, shape: readonly DimensionRef[]): void {
  writer.message(TensorTypeField.shape, () => {
    for (const dimension of shape) {
      writer.message(ShapeField.dimension, () => {
        if (typeof dimension === 'number') writer.integer(DimensionField.value, dimension);
        else if (dimension !== null) writer.text(DimensionField.symbol, dimension);
      });
    }
  });
}
