import type { ModelSettings } from '../../protocol/settings.js';
import type { InputRequest } from '../../protocol/worker.js';

/** Stands for all inputs among the workspace file's. */
export const ALL_INPUTS = '*';

/** What the workspace file feeds to the inputs. */
export const inputsOf = (settings: ModelSettings | null): InputRequest[] =>
  Object.entries(settings?.inputs ?? {}).map(([name, path]) => ({ name: name === ALL_INPUTS ? null : name, path }));

/** Requests of whatever origin, with what the workspace file says of images; their own word goes first. */
export function withPreprocessing(requests: readonly InputRequest[], settings: ModelSettings | null): InputRequest[] {
  const shared = settings?.preprocessing;
  if (!shared) return [...requests];
  return requests.map((request) => ({ ...request, preprocessing: { ...shared, ...request.preprocessing } }));
}
