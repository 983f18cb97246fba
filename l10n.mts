// Writes media/l10n/bundle.l10n.json: the whole catalogue, English to English, for translators to copy.
// usage: npx tsx l10n.mts   after the catalogue changed
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { catalogue } from './src/format/text/catalogue.js';

const entries = [...new Set<string>(Object.values(catalogue))].sort().map((english) => [english, english]);
const file = path.join(import.meta.dirname, 'media/l10n/bundle.l10n.json');
writeFileSync(file, `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`);
