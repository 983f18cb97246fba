/** When and on what a run was measured; dates in the reader's time zone. */

import { plainName } from './names.js';

const PRECISIONS = ['minute', 'second', 'millisecond'] as const;
type Precision = (typeof PRECISIONS)[number];

const formats = new Map<Precision, Intl.DateTimeFormat>();

/** Made when first needed: the first one of a process takes as long as starting the rest of the extension. */
function formatOf(precision: Precision): Intl.DateTimeFormat {
  const known = formats.get(precision);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    ...{ day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' },
    ...(precision === 'minute' ? {} : { second: '2-digit' }),
    ...(precision === 'millisecond' ? { fractionalSecondDigits: 3 } : {}),
  });
  formats.set(precision, made);
  return made;
}

/** `22 Nov 2026, 03:12`; the text itself when it is no date. */
export function dateText(iso: string, precision: Precision = 'minute'): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? plainName(iso) : formatOf(precision).format(date);
}

/**
 * Of runs that stand beside each other, in their order: to the minute, and where that would be the same for two of them,
 * those to the second or finer, `22 Nov 2026, 03:12:47`.
 */
export function distinctDates(isos: readonly string[]): string[] {
  let texts = isos.map((iso) => dateText(iso));
  for (const precision of PRECISIONS.slice(1)) {
    const alike = new Map<string, Set<string>>();
    texts.forEach((text, at) => alike.set(text, (alike.get(text) ?? new Set()).add(isos[at] ?? '')));
    // The very same moment has no finer date.
    texts = texts.map((text, at) => ((alike.get(text)?.size ?? 0) > 1 ? dateText(isos[at] ?? '', precision) : text));
  }
  return texts;
}

/** Short ones for an axis: the times where all are of one day, else day and month. */
export function tickDates(isos: readonly string[]): string[] {
  const parts = distinctDates(isos).map((text) => text.split(', '));
  const oneDay = new Set(parts.map(([day]) => day)).size === 1;
  return parts.map(([day = '', time = '']) => (oneDay ? time : day.split(' ').slice(0, 2).join(' ')));
}

/** What each of these runs is called beside the others: its name, with the date where two have the same; else the date. */
export function runNames(runs: readonly { name: string | null; createdAt: string }[]): string[] {
  const dates = distinctDates(runs.map(({ createdAt }) => createdAt));
  const counts = new Map<string, number>();
  for (const { name } of runs) if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1);
  return runs.map(({ name }, at) => {
    const date = dates[at] ?? '';
    if (name === null) return date;
    return (counts.get(name) ?? 0) > 1 ? `${plainName(name)}, ${date}` : plainName(name);
  });
}

/** `1a2b3c4d5+`, with the sign where files were changed since; '' outside a repository. */
export const commitText = (git: { commit: string; dirty: boolean } | null): string =>
  git ? `${git.commit.slice(0, 9)}${git.dirty ? '+' : ''}` : '';
