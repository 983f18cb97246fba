import type { TextCode } from '../../format/text/catalogue.js';
import type { Check } from '../../protocol/report.js';
import type { TextParameters } from '../../protocol/text.js';

export type StructureCheck = Omit<Check, 'message'>;

const NAMES_SHOWN = 5;
const NAME_LENGTH = 80;

export function check(severity: Check['severity'], code: TextCode, params: TextParameters = {}): StructureCheck {
  return { severity, code, params: { ...params } };
}

/** The first few names, cut to a length that a sentence bears. */
export function nameList(names: readonly string[]): string {
  const cut = (name: string): string => (name.length > NAME_LENGTH ? `${name.slice(0, NAME_LENGTH - 1)}…` : name);
  const shown = names.slice(0, NAMES_SHOWN).map(cut).join(', ');
  return names.length > NAMES_SHOWN ? `${shown}, …` : shown;
}
