/** Templates of Helm, Jinja and Go inside other files: found, so that what they make is known to be unknown. */

/** Stands for each character of a template that makes a value; no config holds one of its own. */
const FILLER = '\uE000';

/** `{{ … }}` and `{% … %}`; not across more lines than a directive has. */
const TEMPLATE = /\{\{(?:[^}]|\}(?!\}))*\}\}|\{%(?:[^%]|%(?!\}))*%\}/g;

/**
 * The text with every template replaced by as many characters, so that offsets hold. A line that holds nothing but
 * templates is blank: what it makes is structure. Elsewhere a template becomes part of a scalar that `isTemplated`
 * knows.
 */
export function maskTemplates(text: string): string {
  if (!text.includes('{{') && !text.includes('{%')) return text;
  const masked = text.replace(TEMPLATE, (template) => template.replace(/[^\r\n]/g, FILLER));
  return masked.replace(/^[ \t]*\uE000[\uE000 \t]*$/gm, (line) => ' '.repeat(line.length));
}

export const isTemplated = (value: string): boolean => value.includes(FILLER);

/** `${NAME}`, as Compose, shells and CloudFormation fill in. */
export const isInterpolated = (value: string): boolean => /\$\{|\$\(|\$[A-Za-z_]/.test(value);
