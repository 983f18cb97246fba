/** Text with words lifted by weight: `**…**` in the catalogue, never in a parameter. */

import type { TextParameters } from '../../protocol/text.js';
import type { TextCode } from '../text/catalogue.js';
import type { Text } from '../text/text.js';

export interface TextPart {
  text: string;
  strong: boolean;
}
export type RichText = TextPart[];

const OPEN = '\uE000';
const CLOSE = '\uE001';

/** Parameters are put in after the markers were read, so that a name with `**` in it stays a name. */
export function richText(text: Text, code: TextCode, params: TextParameters = {}): RichText {
  const names = Object.keys(params);
  const held = Object.fromEntries(names.map((name, position) => [name, `${OPEN}${position}${CLOSE}`]));
  const fill = (part: string): string =>
    part.replace(/\uE000(\d+)\uE001/g, (_, position: string) => String(params[names[Number(position)] ?? ''] ?? ''));
  return text(code, held)
    .split('**')
    .map((part, position) => ({ text: fill(part), strong: position % 2 === 1 }))
    .filter((part) => part.text !== '');
}

export const plainText = (rich: RichText): string => rich.map((part) => part.text).join('');
