import type { RunSettings } from '../../protocol/store.js';
import type { Text } from '../text/text.js';
import { integer } from '../units.js';
import { providerName } from './headline.js';
import { plainName } from './names.js';

/** `CPU, 2 threads, x 1×3×640×640`; '' where nothing is known. */
export function runSettingsText(settings: RunSettings | null, text: Text): string {
  if (!settings) return '';
  const { provider, threads, optimization, label } = settings;
  const parts = [
    providerName(provider, text),
    threads === 0
      ? text('page.chip.threadsDefault')
      : text.plural('page.chip.threads', threads, { number: integer(threads) }),
    optimization === 'all' ? '' : plainName(optimization),
    plainName(label),
  ];
  return parts.filter((part) => part !== '').join(', ');
}
