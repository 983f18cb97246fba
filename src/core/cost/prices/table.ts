/**
 * Prices of machines by the hour, in US dollars: what the catalogue of this project says, with the source and the day of
 * every figure, and what a workspace adds to it or puts in its place.
 */

import type { Message } from '../../../protocol/text.js';
import catalogueData from './catalogue.json';

/** When, and by whom, a figure was published. */
export interface PriceSource {
  text: string;
  /** ISO day; null where a list bears none. */
  asOf: string | null;
  /** false: the source says only that it is not older than this day. */
  exactDay: boolean;
}

export interface HourlyPrice {
  usdPerHour: number;
  source: PriceSource;
}

export interface Accelerator {
  name: string;
  /** Devices; 0 for a share of one. */
  count: number;
  memoryBytes: number | null;
}

/**
 * Who runs the machine. A managed service bills its machines by prices of its own, which are not those of the virtual
 * machine that they are named after.
 */
export type MachineService = 'vm' | 'sagemaker' | 'azureml' | 'vertex';

export interface MachinePrice {
  provider: string;
  instance: string;
  region: string;
  service: MachineService;
  vcpus: number | null;
  memoryBytes: number | null;
  accelerator: Accelerator | null;
  onDemand: HourlyPrice;
  spot: HourlyPrice | null;
  /** The file that named it; null for the catalogue. */
  file: string | null;
}

export interface PriceTable {
  prices: readonly MachinePrice[];
  /** Files of the workspace that took part. */
  files: readonly string[];
}

/** Prices older than this are marked. */
export const OLD_AFTER_DAYS = 180;
const DAY_MS = 86_400_000;
const GIB = 2 ** 30;

type Row = (string | number | null)[];

function sourceOf(index: unknown): PriceSource {
  const source = catalogueData.sources[Number(index)];
  if (!source) throw new Error(`price source ${String(index)} is missing`);
  return { text: source.text, asOf: source.asOf, exactDay: source.exact };
}

function priceOf(row: Row): MachinePrice {
  const [
    provider,
    instance,
    region,
    vcpus,
    memoryGiB,
    accelerator,
    count,
    acceleratorGiB,
    usd,
    source,
    spot,
    spotSource,
  ] = row;
  return {
    provider: String(provider),
    instance: String(instance),
    region: String(region),
    service: 'vm',
    vcpus: Number(vcpus),
    memoryBytes: Number(memoryGiB) * GIB,
    accelerator:
      typeof accelerator === 'string'
        ? {
            name: accelerator,
            count: Number(count),
            memoryBytes: typeof acceleratorGiB === 'number' ? acceleratorGiB * GIB : null,
          }
        : null,
    onDemand: { usdPerHour: Number(usd), source: sourceOf(source) },
    spot: typeof spot === 'number' ? { usdPerHour: spot, source: sourceOf(spotSource) } : null,
    file: null,
  };
}

let known: PriceTable | null = null;

/** The project's own table; nothing is fetched. */
export function catalogue(): PriceTable {
  known ??= { prices: catalogueData.rows.map(priceOf), files: [] };
  return known;
}

const keyOf = ({ service, provider, region, instance }: MachinePrice): string =>
  [service, provider, region, instance].join('\n').toLowerCase();

/** A table with more rows; a row of the same machine in the same region takes the old one's place. */
export function extendPrices(table: PriceTable, more: readonly MachinePrice[], file: string): PriceTable {
  const byKey = new Map(table.prices.map((price) => [keyOf(price), price]));
  for (const price of more) byKey.set(keyOf(price), price);
  return { prices: [...byKey.values()], files: [...table.files, file] };
}

/** What people most often mean where no region is named. */
const USUAL_REGIONS: Readonly<Record<string, string>> = {
  aws: 'us-east-1',
  gcp: 'us-central1',
  azure: 'eastus',
  lambda: 'us-east-1',
};

export interface PriceQuery {
  provider?: string;
  region?: string;
  /** Of a config that names a managed service's machine; names that begin with `ml.` are Amazon SageMaker's anyway. */
  service?: MachineService;
  table?: PriceTable;
}

export type PriceAnswer =
  | { price: MachinePrice; regionAssumed: boolean; reason: null }
  /** Why there is none, as text. */
  | { price: null; regionAssumed: false; reason: Message };

export const serviceOf = (instance: string): MachineService => (/^ml\./i.test(instance) ? 'sagemaker' : 'vm');

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/**
 * The price of a machine, by its provider's name for it. Never that of another region or another service: a dollar
 * figure that is wrong is worse than none. Without a region the provider's usual one is taken, and said so.
 */
export function findPrice(instance: string, query: PriceQuery = {}): PriceAnswer {
  const service = query.service ?? serviceOf(instance);
  const { prices } = query.table ?? catalogue();
  const named = prices.filter(
    (price) =>
      same(price.instance, instance) &&
      price.service === service &&
      (query.provider === undefined || same(price.provider, query.provider)),
  );
  const none = (code: string, params: Record<string, string> = {}): PriceAnswer => ({
    price: null,
    regionAssumed: false,
    reason: { code, params: { instance: instance.slice(0, 200), ...params } },
  });
  if (named.length === 0) return none(service === 'vm' ? 'cost.noPrice.instance' : 'cost.noPrice.managed');
  const { region } = query;
  if (region !== undefined) {
    const here = named.find((price) => same(price.region, region));
    if (here) return { price: here, regionAssumed: false, reason: null };
    const others = [...new Set(named.map((price) => price.region))].slice(0, 4).join(', ');
    return none('cost.noPrice.region', { region: region.slice(0, 100), others });
  }
  const usual = named.find((price) => USUAL_REGIONS[price.provider.toLowerCase()] === price.region);
  // Of a machine that is priced in one region only, too: the user has not said that it is there.
  return { price: usual ?? named[0]!, regionAssumed: true, reason: null };
}

/** Providers and regions that the table knows, in its order, as `aws us-east-1`. */
export function regionsOf(table: PriceTable): { provider: string; region: string }[] {
  const found = new Map(
    table.prices.map(({ provider, region }) => [`${provider}\n${region}`, { provider, region }] as const),
  );
  return [...found.values()];
}

/** Whether a price is too old to be taken without a word, as is one of which nobody knows. `today` is an ISO day or moment. */
export function isOldPrice({ asOf }: PriceSource, today: string): boolean {
  if (asOf === null) return true;
  const age = (Date.parse(today) - Date.parse(asOf)) / DAY_MS;
  return !(age <= OLD_AFTER_DAYS);
}
