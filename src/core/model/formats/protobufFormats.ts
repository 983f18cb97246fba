import type { FileFormat } from '../../../protocol/scan.js';
import { ExpectedError } from '../../common/errors.js';
import type { FileSource } from '../fileSource.js';
import { LENGTH, ProtobufReader, VARINT } from '../onnx/protobufReader.js';

/** Fields of a message's top level, by number: the wire type seen and how often. */
type Outline = Map<number, { wire: number; count: number }>;

/** Enough to see every kind of field; a graph's nodes can be hundreds of thousands. */
const MAXIMUM_FIELDS = 5000;
/** Core ML's model types have field numbers from 200 up. */
const FIRST_COREML_TYPE = 200;

const onnxFields: ReadonlyMap<number, number> = new Map([
  [1, VARINT],
  [2, LENGTH],
  [3, LENGTH],
  [4, LENGTH],
  [5, VARINT],
  [6, LENGTH],
  [7, LENGTH],
  [8, LENGTH],
  [14, LENGTH],
  [20, LENGTH],
  [25, LENGTH],
  [26, LENGTH],
]);
const graphDefFields: ReadonlyMap<number, number> = new Map([
  [1, LENGTH],
  [2, LENGTH],
  [3, VARINT],
  [4, LENGTH],
  [5, LENGTH],
]);

/** ONNX, TensorFlow and Core ML files have no mark, but top levels that differ; null for none of them. */
export function detectProtobuf(source: FileSource): FileFormat | null {
  const outline = outlineOf(source);
  if (outline === null || outline.size === 0) return null;
  const fits = (fields: ReadonlyMap<number, number>): boolean =>
    [...outline].every(([field, { wire }]) => fields.get(field) === wire);
  if (outline.has(7) && fitsWhereKnown(outline, onnxFields)) return 'onnx';
  if (outline.get(1)?.wire === VARINT && [...outline.keys()].some((field) => field >= FIRST_COREML_TYPE))
    return 'coreml';
  if (isSavedModel(outline)) return 'tensorflowSavedModel';
  if (outline.get(1)?.wire === LENGTH && fits(graphDefFields) && startsWithNamedNode(source)) return 'tensorflowGraph';
  return null;
}

/** Later versions of a format, and other writers, add fields of their own. */
const fitsWhereKnown = (outline: Outline, fields: ReadonlyMap<number, number>): boolean =>
  [...outline].every(([field, { wire }]) => (fields.get(field) ?? wire) === wire);

/** null when the bytes are no protobuf to the end (or as far as this looks). */
function outlineOf(source: FileSource): Outline | null {
  const reader = new ProtobufReader(source);
  const outline: Outline = new Map();
  try {
    for (let fields = 0; reader.position < source.bytes && fields < MAXIMUM_FIELDS; fields++) {
      const tag = reader.tag();
      const field = tag >>> 3;
      const known = outline.get(field) ?? { wire: tag & 7, count: 0 };
      if (known.wire !== (tag & 7)) return null;
      known.count++;
      outline.set(field, known);
      reader.skip(tag, source.bytes);
    }
  } catch (error) {
    if (error instanceof ExpectedError) return null;
    throw error;
  }
  return outline;
}

/** A schema version, then graphs with their tags. */
function isSavedModel(outline: Outline): boolean {
  const [version, graphs] = [outline.get(1), outline.get(2)];
  return outline.size === 2 && version?.wire === VARINT && version.count === 1 && graphs?.wire === LENGTH;
}

/** A NodeDef: its name and its op, both short texts. */
function startsWithNamedNode(source: FileSource): boolean {
  const reader = new ProtobufReader(source);
  try {
    if (reader.tag() !== ((1 << 3) | LENGTH)) return false;
    const end = reader.length(source.bytes);
    const texts = [1, 2].map((field) => {
      if (reader.tag() !== ((field << 3) | LENGTH)) return '';
      return reader.text(end);
    });
    return texts.every((text) => /^[\w./:\- ]{1,1000}$/.test(text));
  } catch (error) {
    if (error instanceof ExpectedError) return false;
    throw error;
  }
}
