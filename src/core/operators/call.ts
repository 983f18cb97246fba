import type { Attribute, AttributeValue } from '../model/graph.js';
import { demand, needsValue, unknownShape } from './shapes.js';
import type { TensorInfo } from './types.js';

type ValueOf<T extends AttributeValue['type']> = Extract<AttributeValue, { type: T }>['value'];

export interface CallSource {
  opType: string;
  domain: string;
  attributes: readonly Attribute[];
}

const NONE: readonly null[] = [];
const NOTHING_ASKED: ReadonlySet<number> = new Set();

/**
 * One operator with what is known about its inputs (and, for its cost, its outputs), as a rule sees it. What is asked
 * for and not known ends the rule by throwing a `RuleStop`.
 */
export class OperatorCall {
  #asked: Set<number> | null = null;

  constructor(
    private readonly source: CallSource,
    readonly opset: number,
    readonly inputs: readonly (TensorInfo | null)[],
    readonly outputCount: number,
    private readonly readValue: (info: TensorInfo) => readonly number[] | null,
    /** Empty while shapes are being inferred; filled in before the cost is asked for. */
    public outputs: readonly (TensorInfo | null)[] = NONE,
  ) {}

  get opType(): string {
    return this.source.opType;
  }

  has(input: number): boolean {
    return (this.inputs[input] ?? null) !== null;
  }

  /** Shape of an input. */
  dims(input: number): readonly number[] {
    const info = this.inputs[input];
    demand(info !== null && info !== undefined);
    return info.shape ?? unknownShape();
  }

  /** Shape of an output. */
  out(output = 0): readonly number[] {
    return this.outputs[output]?.shape ?? unknownShape();
  }

  /** Element type of an input; 0 when omitted or unknown. */
  type(input: number): number {
    return this.inputs[input]?.dataType ?? 0;
  }

  /** Elements of an input, null when not known or omitted. */
  known(input: number): readonly number[] | null {
    const info = this.inputs[input];
    if (!info) return null;
    (this.#asked ??= new Set()).add(input);
    return this.readValue(info);
  }

  /** false where an input's elements can be known by no means: found without reading any. */
  mayKnowAll(): boolean {
    for (let input = 0; input < this.inputs.length; input++) {
      const info = this.inputs[input];
      if (!info || info.value || info.stored) continue;
      (this.#asked ??= new Set()).add(input);
      return false;
    }
    return true;
  }

  /** Inputs whose elements were asked for, known or not. */
  get asked(): ReadonlySet<number> {
    return this.#asked ?? NOTHING_ASKED;
  }

  /** Elements of an input that the rule cannot do without. */
  value(input: number): readonly number[] {
    demand(this.has(input));
    return this.known(input) ?? needsValue();
  }

  /** Elements of an optional input; null when omitted. */
  optional(input: number): readonly number[] | null {
    return this.has(input) ? this.value(input) : null;
  }

  private attribute<T extends AttributeValue['type']>(name: string, type: T): ValueOf<T> | null {
    for (const attribute of this.source.attributes) {
      if (attribute.name === name) return attribute.type === type ? (attribute.value as ValueOf<T> | null) : null;
    }
    return null;
  }

  int(name: string, absent: number): number {
    return this.attribute(name, 'int') ?? absent;
  }

  /** An int that the operator's definition requires. */
  requiredInt(name: string): number {
    const value = this.attribute(name, 'int');
    demand(value !== null);
    return value;
  }

  float(name: string, absent: number): number {
    return this.attribute(name, 'float') ?? absent;
  }

  text(name: string, absent: string): string {
    return this.attribute(name, 'string') ?? absent;
  }

  ints(name: string): readonly number[] | null {
    return this.attribute(name, 'ints');
  }

  floats(name: string): readonly number[] | null {
    return this.attribute(name, 'floats');
  }

  strings(name: string): readonly string[] | null {
    return this.attribute(name, 'strings');
  }

  tensor(name: string): ValueOf<'tensor'> | null {
    return this.attribute(name, 'tensor');
  }
}
