/** A name that is cut in its middle where it does not fit: names from models differ at their ends. */

import { html, type TemplateResult } from 'lit/html.js';

const TAIL = 9;
/** Shorter ones are cut at the end: two letters and three dots in the middle say no more. */
const SHORTEST = 16;

/** Whole in the document, so that it is found and read whole; the style sheet hides what has no room. */
export function middleEllipsis(name: string): TemplateResult {
  const points = Array.from(name);
  const tail = points.length < SHORTEST ? 0 : TAIL;
  return html`<span class="name-head">${points.slice(0, points.length - tail).join('')}</span
    ><span class="name-tail">${points.slice(points.length - tail).join('')}</span>`;
}
