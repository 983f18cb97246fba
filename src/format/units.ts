/**
 * One formatter for each unit, for every front. Figures are shown with the digits that they deserve, a thousands
 * comma, a space before the unit and before '%', and never as NaN.
 */

const UNKNOWN = '–';
/** Beyond it numbers are written with an exponent, which nobody groups. */
const LARGEST_FIXED = 1e21;

/** Fixed decimals, thousands separated: 1,234.50. Without Intl, whose loading takes longer than many a command. */
export function decimal(value: number | null, decimals: number): string {
  if (value === null || !Number.isFinite(value)) return UNKNOWN;
  const rounded = value.toFixed(decimals);
  // What rounds to zero has no sign: "-0 %" would be a saving that was lost.
  const fixed = Number(rounded) === 0 ? rounded.replace('-', '') : rounded;
  if (Math.abs(value) >= LARGEST_FIXED) return fixed;
  const point = fixed.indexOf('.');
  const whole = point === -1 ? fixed : fixed.slice(0, point);
  return whole.replace(/\B(?=(\d{3})+$)/g, ',') + fixed.slice(whole.length);
}

export const integer = (value: number | null): string => decimal(value, 0);

/** Decimals that leave three significant digits, none above a hundred. */
export function decimalsFor(value: number): number {
  const magnitude = Math.abs(value);
  if (magnitude === 0 || magnitude >= 99.95) return 0;
  if (magnitude >= 9.995) return 1;
  return 2;
}

export interface Unit {
  label: string;
  /** How many base units it is. */
  scale: number;
}

const DURATION_UNITS: readonly Unit[] = [
  { label: 's', scale: 1e9 },
  { label: 'ms', scale: 1e6 },
  { label: 'µs', scale: 1e3 },
  { label: 'ns', scale: 1 },
];
const BYTE_UNITS: readonly Unit[] = [
  { label: 'GiB', scale: 2 ** 30 },
  { label: 'MiB', scale: 2 ** 20 },
  { label: 'KiB', scale: 2 ** 10 },
  { label: 'B', scale: 1 },
];
const COUNT_UNITS: readonly Unit[] = [
  { label: 'T', scale: 1e12 },
  { label: 'G', scale: 1e9 },
  { label: 'M', scale: 1e6 },
  { label: 'K', scale: 1e3 },
  { label: '', scale: 1 },
];

function unitFor(units: readonly Unit[], value: number): Unit {
  const found = units.find((unit) => Math.abs(value) >= unit.scale * 0.9995);
  return found ?? (units[units.length - 1] as Unit);
}

/** The unit in which a duration (or the largest of a column) reads best: at least one of it. */
export const durationUnit = (ns: number): Unit => unitFor(DURATION_UNITS, ns);
export const byteUnit = (bytes: number): Unit => unitFor(BYTE_UNITS, bytes);
export const countUnit = (count: number): Unit => unitFor(COUNT_UNITS, count);

/** A figure in a given unit, without the unit's name: for columns. */
export const inUnit = (value: number | null, unit: Unit, decimals: number): string =>
  value === null ? UNKNOWN : decimal(value / unit.scale, decimals);

function withUnit(value: number | null, units: readonly Unit[]): string {
  if (value === null || !Number.isFinite(value)) return UNKNOWN;
  const unit = unitFor(units, value);
  const scaled = value / unit.scale;
  const decimals = unit.scale === 1 && Number.isInteger(scaled) ? 0 : decimalsFor(scaled);
  return `${decimal(scaled, decimals)}${unit.label === '' ? '' : ` ${unit.label}`}`;
}

/** 43.1 ms */
export const duration = (ns: number | null): string => withUnit(ns, DURATION_UNITS);

/** 43 ms: two significant digits, for what is still being measured. */
export function aboutDuration(ns: number | null): string {
  if (ns === null || !Number.isFinite(ns) || ns <= 0) return duration(ns);
  const digit = 10 ** (Math.floor(Math.log10(ns)) - 1);
  const rounded = Math.round(ns / digit) * digit;
  const unit = durationUnit(rounded);
  return `${decimal(rounded / unit.scale, rounded / unit.scale < 10 ? 1 : 0)} ${unit.label}`;
}

/** 43.1 ms ± 0.6: both in one unit, with the decimals that the error deserves. An error of 0 is one of a single sample: unknown. */
export function durationWithError(ns: number | null, errorNs: number | null): string {
  if (ns === null || errorNs === null || errorNs === 0) return duration(ns);
  const unit = durationUnit(ns);
  const error = errorNs / unit.scale;
  const decimals = Math.min(3, Math.max(decimalsFor(ns / unit.scale), error > 0 && error < 0.1 ? 2 : 0));
  return `${decimal(ns / unit.scale, decimals)} ${unit.label} ± ${decimal(error, decimals)}`;
}

/** 118 MiB */
export const bytes = (value: number | null): string => withUnit(value, BYTE_UNITS);

/** 2.30 G */
export const count = (value: number | null): string => withUnit(value, COUNT_UNITS);

/** A share from 0 to 1: 62 %, 7.5 % with decimals. */
export const percent = (share: number | null, decimals = 0): string =>
  share === null || !Number.isFinite(share) ? UNKNOWN : `${decimal(share * 100, decimals)} %`;

/** 23.2 /s: how many fit into a second, one after the other. */
export function perSecond(ns: number | null): string {
  if (ns === null || !(ns > 0)) return UNKNOWN;
  const rate = 1e9 / ns;
  return decimal(rate, decimalsFor(rate));
}

/** 1 × 24 × 160 × 160; 'scalar' for rank 0. */
export const shape = (dims: readonly (number | string | null)[] | null): string => {
  if (dims === null) return UNKNOWN;
  return dims.length === 0 ? 'scalar' : dims.map((dim) => dim ?? '?').join(' × ');
};
