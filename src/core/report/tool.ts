import { version } from '../../../package.json';

/** What writes reports: the package's name and version. */
export const tool = { name: 'inference-profiler', version } as const;
