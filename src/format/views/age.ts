/** How long ago something was measured. */

import type { Text } from '../text/text.js';

const DAY_MS = 86_400_000;

/** today, yesterday, 12 days ago */
export function ageText(createdAt: string, now: Date, text: Text): string {
  const days = Math.floor((now.getTime() - Date.parse(createdAt)) / DAY_MS);
  if (!(days >= 1)) return text('hints.age.today');
  return days === 1 ? text('hints.age.yesterday') : text('hints.age.days', { count: days });
}
