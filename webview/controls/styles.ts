/** Styles that depend on data, set through the CSSOM: a strict policy blocks style attributes, lit's styleMap writes one. */

import { noChange } from 'lit/html.js';
import { Directive, directive, PartType, type ElementPart, type PartInfo } from 'lit/directive.js';

export type StyleProperties = Readonly<Record<string, string>>;

class StylesDirective extends Directive {
  private previous: StyleProperties = {};

  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new Error('styles stands in a tag, not in an attribute');
  }

  override render(properties: StyleProperties): typeof noChange {
    this.previous = properties;
    return noChange;
  }

  override update(part: ElementPart, [properties]: [StyleProperties]): typeof noChange {
    const { style } = part.element as HTMLElement;
    for (const name of Object.keys(this.previous)) if (!Object.hasOwn(properties, name)) style.removeProperty(name);
    for (const [name, value] of Object.entries(properties))
      if (this.previous[name] !== value) style.setProperty(name, value);
    this.previous = properties;
    return noChange;
  }
}

/** `<div ${styles({ width: '40%' })}>`; names as in style sheets. */
export const styles = directive(StylesDirective);
