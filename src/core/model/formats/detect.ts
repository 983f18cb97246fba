import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { FileFormat } from '../../../protocol/scan.js';
import type { TextParameter } from '../../../protocol/text.js';
import type { TextCode } from '../../../format/text/catalogue.js';
import { FileSource } from '../fileSource.js';
import { detectProtobuf } from './protobufFormats.js';
import { detectZip } from './zipFormats.js';

export interface ContentDescription {
  format: FileFormat;
  /** What the file is and the way to ONNX; null for what can be profiled. */
  message: { code: TextCode; params: Record<string, TextParameter> } | null;
}

export interface DetectedFormat extends ContentDescription {
  fileBytes: number;
}

const HEAD_BYTES = 4096;

/** What a file is by its content; the name only says what to look for. Throws `ExpectedError` when it cannot be read. */
export function detectFormat(file: string): DetectedFormat {
  const source = new FileSource(path.resolve(file));
  try {
    return { ...describeContent(source), fileBytes: source.bytes };
  } finally {
    source.close();
  }
}

/** As `detectFormat`, for a file that is open. */
export function describeContent(source: FileSource): ContentDescription {
  if (source.bytes === 0) return describe('unknown', 'model.format.empty', source);
  const head = Buffer.alloc(Math.min(HEAD_BYTES, source.bytes));
  source.readInto(head, head.length, 0);
  const format = byMagic(head, source) ?? byText(head, source) ?? detectProtobuf(source) ?? 'unknown';
  if (format === 'onnx' || format === 'ort') return { format, message: null };
  if (format === 'unknown')
    return describe('unknown', isText(head) ? 'model.format.text' : 'model.format.unknown', source);
  return describe(format, `model.format.${format}`, source);
}

function describe(format: FileFormat, code: TextCode, source: FileSource): ContentDescription {
  return { format, message: { code, params: { path: source.path } } };
}

function ascii(head: Buffer, offset: number, length: number): string {
  return head.toString('latin1', offset, offset + length);
}

/** 0x1950a86a20f9469cfc6c, pickled: what `torch.save` wrote before it wrote zip files. */
const LEGACY_TORCH = '\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19';

function byMagic(head: Buffer, source: FileSource): FileFormat | null {
  if (ascii(head, 4, 4) === 'ORTM') return 'ort';
  if (ascii(head, 4, 4) === 'TFL3') return 'tflite';
  if (ascii(head, 0, 4) === 'GGUF') return 'gguf';
  if (['ptrt', 'ftrt'].includes(ascii(head, 0, 4))) return 'tensorrt';
  if (ascii(head, 0, 4) === 'PK\x03\x04') return detectZip(source);
  if (isHdf5(source)) return 'hdf5';
  if (head[0] === 0x80 && head[1]! >= 2 && head[1]! <= 5) return isTorchPickle(head) ? 'pytorch' : null;
  return isSafetensors(head, source) ? 'safetensors' : null;
}

/** Plain pickles may be anything; those that name torch are its. */
function isTorchPickle(head: Buffer): boolean {
  return ascii(head, 2, LEGACY_TORCH.length) === LEGACY_TORCH || head.includes('torch');
}

/** The signature stands at 0, or behind a user block of 512, 1024, … bytes. */
function isHdf5(source: FileSource): boolean {
  const signature = Buffer.alloc(8);
  for (const offset of [0, 512, 1024, 2048]) {
    if (offset + 8 > source.bytes) return false;
    source.readInto(signature, 8, offset);
    if (signature.toString('latin1') === '\x89HDF\r\n\x1a\n') return true;
  }
  return false;
}

/** Length of a JSON header, then the header. */
function isSafetensors(head: Buffer, source: FileSource): boolean {
  if (head.length < 10) return false;
  const headerBytes = head.readBigUInt64LE(0);
  return headerBytes >= 2n && headerBytes <= BigInt(source.bytes - 8) && ascii(head, 8, 2) === '{"';
}

function byText(head: Buffer, source: FileSource): FileFormat | null {
  const text = head
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (text.startsWith('version https://git-lfs.github.com/spec/')) return 'gitLfsPointer';
  if (/^(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?<net\s[^>]*name=/s.test(text)) return 'openvino';
  return isOpenVinoWeights(source) ? 'openvino' : null;
}

/** Weights without a mark of their own: known by the graph beside them. */
function isOpenVinoWeights(source: FileSource): boolean {
  const { dir, name, ext } = path.parse(source.path);
  if (ext.toLowerCase() !== '.bin') return false;
  try {
    return readdirSync(dir).includes(`${name}.xml`);
  } catch {
    return false;
  }
}

/** UTF-8 without control characters; the head may end inside a character. */
function isText(head: Buffer): boolean {
  const isControl = (byte: number): boolean => byte < 0x20 && !(byte >= 0x09 && byte <= 0x0d);
  if (head.some(isControl)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}
