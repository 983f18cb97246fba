/** Flags of `cost` alone. */

import { type Command, Option } from 'commander';

import { ExpectedError } from '../core/common/errors.js';
import type { ServingSettings } from '../protocol/settings.js';
import { type RunFlags, seconds, wholeNumber } from './flags.js';
import { readHourly } from './hourly.js';
import type { Terminal } from './terminal.js';

export interface CostFlags extends RunFlags {
  rate?: number;
  hourly?: number[];
  targetMs?: number;
  percentile?: number;
  region?: string;
  instances?: string;
  headroom?: number;
  spare?: number;
  maxBatch?: number;
  queueDelayMs?: number;
  spot?: boolean;
  thisMachine?: string;
  prices?: string;
  measured?: MeasuredFile[];
  loadTest?: number;
  duration: number;
  pipeline?: string;
  measureThere?: string;
  python?: boolean;
}

/** `FILE`, or `INSTANCE=FILE` where the file does not say which machine it is of. */
export interface MeasuredFile {
  instance: string | null;
  file: string;
}

const MOST_RATE = 1e9;
const MOST_TARGET_MS = 1e7;
const MOST_BATCH = 1024;
const MOST_DELAY_MS = 60_000;
const LONGEST_TEST_SECONDS = 3600;
const USUAL_TEST_SECONDS = 10;

/** A plain number between two bounds, the lower one excluded where it is 0 and `zero` is not said. */
function figure(flag: string, least: number, most: number, zero = true): (text: string) => number {
  return (text) => {
    const value = Number(text);
    const isPlain = /^\d{1,12}(\.\d{1,9})?(e\+?\d{1,2})?$/i.test(text);
    if (!isPlain || value < least || value > most || (!zero && value === 0))
      throw new ExpectedError('input', 'cli.flag.figure', { flag, text, least, most });
    return value;
  };
}

function readMeasured(text: string, previous: MeasuredFile[] = []): MeasuredFile[] {
  const [, instance, file] = /^([\w.-]{1,100})=(.+)$/s.exec(text) ?? [];
  return [
    ...previous,
    instance !== undefined && file !== undefined ? { instance, file } : { instance: null, file: text },
  ];
}

export function withCost(command: Command, text: Terminal['text']): Command {
  const add = (flags: string, about: Parameters<Terminal['text']>[0], parse: (value: string) => unknown): Command =>
    command.addOption(new Option(flags, text(about)).argParser(parse));
  add('--rate <rps>', 'cli.option.costRate', figure('--rate', 0, MOST_RATE));
  add('--hourly <figures>', 'cli.option.hourly', readHourly);
  add('--target-ms <ms>', 'cli.option.costTargetMs', figure('--target-ms', 0, MOST_TARGET_MS, false));
  add('--percentile <p>', 'cli.option.percentile', figure('--percentile', 50, 99.9));
  command.option('--region <name>', text('cli.option.region'));
  command.option('--instances <glob>', text('cli.option.instances'));
  add('--headroom <percent>', 'cli.option.headroom', figure('--headroom', 0, 95));
  add('--spare <n>', 'cli.option.spare', figure('--spare', 0, 100));
  add('--max-batch <n>', 'cli.option.maxBatch', wholeNumber('--max-batch', 1, MOST_BATCH));
  add('--queue-delay-ms <ms>', 'cli.option.queueDelay', figure('--queue-delay-ms', 0, MOST_DELAY_MS));
  command.option('--spot', text('cli.option.spot'));
  command.option('--this-machine <name>', text('cli.option.thisMachine'));
  command.option('--prices <file>', text('cli.option.prices'));
  command.addOption(new Option('--measured <report>', text('cli.option.measured')).argParser(readMeasured));
  command.option('--measure-there <name>', text('cli.option.measureThere'));
  command.option('--python', text('cli.option.python'));
  command.option('--pipeline <name>', text('cli.option.pipeline'));
  add('--load-test <rps>', 'cli.option.loadTest', figure('--load-test', 0, MOST_RATE, false));
  const duration = new Option('--duration <seconds>', text('cli.option.duration'));
  return command.addOption(duration.argParser(seconds('--duration', LONGEST_TEST_SECONDS)).default(USUAL_TEST_SECONDS));
}

/** What the flags say, over the workspace's file. @throws ExpectedError (input): a rate and hourly figures at once. */
export function servingFrom(flags: CostFlags, shared: ServingSettings): ServingSettings {
  if (flags.rate !== undefined && flags.hourly !== undefined) throw new ExpectedError('input', 'cli.hourly.andRate');
  const { rate, targetMs, percentile, region, instances, headroom, spare, spot, thisMachine } = flags;
  const given: ServingSettings = {
    ...batchingFrom(flags),
    ...(rate === undefined ? {} : { rate }),
    ...(targetMs === undefined ? {} : { targetMs }),
    ...(percentile === undefined ? {} : { percentile }),
    ...(region === undefined ? {} : { region }),
    ...(instances === undefined ? {} : { instances }),
    ...(headroom === undefined ? {} : { headroomPercent: headroom }),
    ...(spare === undefined ? {} : { spareReplicas: Math.floor(spare) }),
    ...(spot === true ? { purchase: 'spot' as const } : {}),
    ...(thisMachine === undefined ? {} : { thisMachine }),
  };
  const { hourly: sharedHours, ...rest } = shared;
  // A rate on the command line takes the place of the hours in the file.
  const hourly = rate === undefined ? (flags.hourly ?? sharedHours) : undefined;
  return { ...rest, ...(hourly && { hourly }), ...given };
}

const batchingFrom = ({ maxBatch, queueDelayMs }: CostFlags): ServingSettings => ({
  ...(maxBatch === undefined ? {} : { maxBatch }),
  ...(queueDelayMs === undefined ? {} : { queueDelayMs }),
});
