/** Which machines of the price list an answer weighs. */

import type { CostAssumptions } from '../../../protocol/cost.js';
import { cpusOf } from '../machines/cpus.js';
import type { MachinePrice, PriceTable } from '../prices/table.js';

const MOST_MACHINES = 40;
/** Without a filter: few enough to read. */
const USUAL_PROCESSORS = 6;
const USUAL_ACCELERATORS = 2;
const USUAL_VCPUS = 8;
/** What ONNX Runtime has a provider for; others are weighed when they are asked for. */
const RUNTIME_ACCELERATOR = /NVIDIA/i;

export interface Region {
  provider: string | null;
  region: string;
}

/** `aws us-east-1`, or `us-east-1`; of nothing, the first region of the price list. */
export function regionOf(wanted: string | null, table: PriceTable): Region | null {
  const words = (wanted ?? '')
    .trim()
    .split(/\s+/)
    .filter((word) => word !== '');
  const [first, second] = words;
  if (first !== undefined && second !== undefined) return { provider: first.toLowerCase(), region: second };
  if (first !== undefined) return { provider: null, region: first };
  const [price] = table.prices;
  return price ? { provider: price.provider, region: price.region } : null;
}

/** `*` for any run of characters, `?` for one; several globs with commas between them; case does not count. */
export function matchesInstances(instance: string, globs: string): boolean {
  return globs
    .split(',')
    .map((glob) => glob.trim())
    .filter((glob) => glob !== '' && glob.length <= 200)
    .slice(0, 50)
    .some((glob) => globPattern(glob).test(instance));
}

const globPattern = (glob: string): RegExp =>
  new RegExp(
    `^${glob
      .replace(/\*+/g, '*')
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    'i',
  );

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** In the region, by the filter, or the usual ones; those in `always` are among them. */
export function candidates(
  table: PriceTable,
  { region: wanted, instances }: Pick<CostAssumptions, 'region' | 'instances'>,
  always: readonly string[],
): MachinePrice[] {
  const place = regionOf(wanted, table);
  if (!place) return [];
  const here = table.prices.filter(
    ({ provider, region }) => same(region, place.region) && (place.provider === null || same(provider, place.provider)),
  );
  const asked = here.filter(({ instance }) => always.some((name) => same(name, instance)));
  const chosen =
    instances === null ? usual(here) : here.filter(({ instance }) => matchesInstances(instance, instances));
  return [...new Set([...asked, ...chosen])].slice(0, MOST_MACHINES);
}

/** The smallest machine with each kind of processor, and the two cheapest with an accelerator. */
function usual(here: readonly MachinePrice[]): MachinePrice[] {
  const byPrice = [...here].sort((a, b) => a.onDemand.usdPerHour - b.onDemand.usdPerHour);
  const processors = new Map<string, MachinePrice>();
  for (const machine of byPrice) {
    const cpus = cpusOf(machine.provider, machine.instance);
    const known = cpus[0];
    if (machine.accelerator || (machine.vcpus ?? 0) > USUAL_VCPUS) continue;
    // The user's own rows are always of interest.
    const key = machine.file === null ? known?.name : machine.instance;
    if (key === undefined || known?.burstable === true || processors.has(key)) continue;
    processors.set(key, machine);
  }
  const accelerators = byPrice.filter(
    ({ accelerator }) => accelerator !== null && RUNTIME_ACCELERATOR.test(accelerator.name),
  );
  return [...[...processors.values()].slice(0, USUAL_PROCESSORS), ...accelerators.slice(0, USUAL_ACCELERATORS)];
}
