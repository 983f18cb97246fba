import type { Message, TextParameters } from '../../protocol/text.js';
import { catalogue, type TextCode } from './catalogue.js';

/** Translations by English text. */
export type TextBundle = Readonly<Record<string, string>>;

export interface Text {
  (code: TextCode, params?: TextParameters): string;
  /** A message from the core or another process; an unknown code is shown as it is. */
  message(message: Message): string;
  /** Takes `code.one` for exactly one where the catalogue has it; `{count}` is the number. */
  plural(code: TextCode, count: number, params?: TextParameters): string;
}

const templates: Readonly<Record<string, string>> = catalogue;

function fill(template: string, params: TextParameters): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => {
    return Object.hasOwn(params, name) ? String(params[name]) : whole;
  });
}

/** The catalogue in one language; English without a bundle. */
export function createText(bundle: TextBundle | null = null): Text {
  const render = (code: string, params: TextParameters): string => {
    // Codes come from reports too: 'constructor' must not find one on the prototype.
    const english = Object.hasOwn(templates, code) ? templates[code] : undefined;
    if (english === undefined) return code;
    return fill(bundle?.[english] ?? english, params);
  };
  const text = (code: TextCode, params: TextParameters = {}): string => render(code, params);
  return Object.assign(text, {
    message: (message: Message) => render(message.code, message.params),
    plural: (code: TextCode, count: number, params: TextParameters = {}) =>
      render(count === 1 && Object.hasOwn(templates, `${code}.one`) ? `${code}.one` : code, { count, ...params }),
  });
}
