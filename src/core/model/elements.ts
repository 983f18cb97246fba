import { DataTypes } from './dataTypes.js';

/** IEEE half precision to a number. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const scratch = new DataView(new ArrayBuffer(4));

/** A number to IEEE half precision, to nearest, ties to even. */
export function numberToHalf(value: number): number {
  scratch.setFloat32(0, value);
  const bits = scratch.getUint32(0);
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = Math.abs(Math.fround(value));
  if (Number.isNaN(value)) return sign | 0x7e00;
  if (magnitude >= 65520) return sign | 0x7c00;
  if (magnitude < 2 ** -14) return sign | roundToEven(magnitude * 2 ** 24);
  const exponent = ((bits >>> 23) & 0xff) - 127;
  const mantissa = roundToEven((magnitude / 2 ** exponent) * 1024);
  // A mantissa that rounds up to 2048 carries into the exponent by itself.
  return sign | (((exponent + 15) << 10) + (mantissa - 1024));
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

export function bfloat16ToNumber(bits: number): number {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
}

/** Sign bit, `exponentBits`, the rest mantissa; `finite` formats use the top exponent for numbers too. */
function smallFloat(bits: number, width: number, exponentBits: number, bias: number): number {
  const mantissaBits = width - 1 - exponentBits;
  const sign = bits >>> (width - 1) ? -1 : 1;
  const exponent = (bits >>> mantissaBits) & ((1 << exponentBits) - 1);
  const fraction = (bits & ((1 << mantissaBits) - 1)) / (1 << mantissaBits);
  return sign * (exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias));
}

function float8(bits: number, dataType: number): number {
  switch (dataType) {
    case DataTypes.float8e4m3fn:
      return (bits & 0x7f) === 0x7f ? NaN : smallFloat(bits, 8, 4, 7);
    case DataTypes.float8e4m3fnuz:
      return bits === 0x80 ? NaN : smallFloat(bits, 8, 4, 8);
    case DataTypes.float8e5m2: {
      const magnitude = bits & 0x7f;
      if (magnitude > 0x7c) return NaN;
      return magnitude === 0x7c ? (bits === 0x7c ? Infinity : -Infinity) : smallFloat(bits, 8, 5, 15);
    }
    case DataTypes.float8e5m2fnuz:
      return bits === 0x80 ? NaN : smallFloat(bits, 8, 5, 16);
    default:
      return bits === 0xff ? NaN : 2 ** (bits - 127);
  }
}

/** Elements of a type of 2 or 4 bits, the first in the lowest bits. */
function subByte(view: DataView, index: number, dataType: number): number {
  if (dataType === DataTypes.uint2 || dataType === DataTypes.int2) {
    const bits = (view.getUint8(index >> 2) >>> ((index & 3) * 2)) & 3;
    return dataType === DataTypes.int2 && bits > 1 ? bits - 4 : bits;
  }
  const bits = (view.getUint8(index >> 1) >>> ((index & 1) * 4)) & 15;
  if (dataType === DataTypes.float4e2m1) return smallFloat(bits, 4, 2, 1);
  return dataType === DataTypes.int4 && bits > 7 ? bits - 16 : bits;
}

/** Element `index` of little-endian raw data; null for strings, complex and unknown types. 64-bit values beyond 2^53 are rounded. */
export function elementAt(view: DataView, index: number, dataType: number): number | null {
  switch (dataType) {
    case DataTypes.float32:
      return view.getFloat32(index * 4, true);
    case DataTypes.float64:
      return view.getFloat64(index * 8, true);
    case DataTypes.float16:
      return halfToNumber(view.getUint16(index * 2, true));
    case DataTypes.bfloat16:
      return bfloat16ToNumber(view.getUint16(index * 2, true));
    case DataTypes.int8:
      return view.getInt8(index);
    case DataTypes.uint8:
    case DataTypes.bool:
      return view.getUint8(index);
    case DataTypes.int16:
      return view.getInt16(index * 2, true);
    case DataTypes.uint16:
      return view.getUint16(index * 2, true);
    case DataTypes.int32:
      return view.getInt32(index * 4, true);
    case DataTypes.uint32:
      return view.getUint32(index * 4, true);
    default:
      return wideOrNarrow(view, index, dataType);
  }
}

function wideOrNarrow(view: DataView, index: number, dataType: number): number | null {
  switch (dataType) {
    case DataTypes.int64:
      return view.getInt32(index * 8 + 4, true) * 2 ** 32 + view.getUint32(index * 8, true);
    case DataTypes.uint64:
      return view.getUint32(index * 8 + 4, true) * 2 ** 32 + view.getUint32(index * 8, true);
    case DataTypes.uint4:
    case DataTypes.int4:
    case DataTypes.float4e2m1:
    case DataTypes.uint2:
    case DataTypes.int2:
      return subByte(view, index, dataType);
    case DataTypes.float8e4m3fn:
    case DataTypes.float8e4m3fnuz:
    case DataTypes.float8e5m2:
    case DataTypes.float8e5m2fnuz:
    case DataTypes.float8e8m0:
      return float8(view.getUint8(index), dataType);
    default:
      return null;
  }
}
