/**
 * Arithmetic in the names of dynamic dimensions, as exporters write it: `past_sequence_length + sequence_length`,
 * `2*n`, `floor(h/2)`, `batch_size * num_heads`, `s0//8`, `Max(1, s1)`.
 */

const MAXIMUM_LENGTH = 256;
const MAXIMUM_DEPTH = 32;
const TOKEN = /\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_][\w.]*)|(\/\/|[-+*/%(),]))/y;

export type Expression =
  | { kind: 'number'; value: number }
  | { kind: 'name'; name: string }
  | { kind: 'call'; operation: string; operands: Expression[] };

type Token = { kind: 'number' | 'name' | 'sign'; text: string };

const operations = new Map<string, (...operands: number[]) => number>([
  ['+', (a = 0, b = 0) => a + b],
  ['-', (a = 0, b = 0) => a - b],
  ['*', (a = 0, b = 0) => a * b],
  ['/', (a = 0, b = 0) => a / b],
  ['//', (a = 0, b = 0) => Math.floor(a / b)],
  ['%', (a = 0, b = 0) => a % b],
  ['negate', (a = 0) => -a],
]);

const functions = new Map<string, (...operands: number[]) => number>([
  ['floor', (a = NaN) => Math.floor(a)],
  ['ceil', (a = NaN) => Math.ceil(a)],
  ['ceiling', (a = NaN) => Math.ceil(a)],
  ['floordiv', (a = NaN, b = NaN) => Math.floor(a / b)],
  ['max', (...values) => Math.max(...values)],
  ['min', (...values) => Math.min(...values)],
]);

function tokenize(text: string): Token[] | null {
  const tokens: Token[] = [];
  const trimmed = text.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < trimmed.length) {
    const match = TOKEN.exec(trimmed);
    if (!match) return null;
    if (match[1] !== undefined) tokens.push({ kind: 'number', text: match[1] });
    else if (match[2] !== undefined) tokens.push({ kind: 'name', text: match[2] });
    else tokens.push({ kind: 'sign', text: match[3] ?? '' });
  }
  return tokens;
}

/** Recursive descent; `null` at any point means: this is not arithmetic. */
class Parser {
  private position = 0;
  private depth = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  parse(): Expression | null {
    const expression = this.sum();
    return this.position === this.tokens.length ? expression : null;
  }

  private take(...signs: string[]): string | null {
    const token = this.tokens[this.position];
    if (token?.kind !== 'sign' || !signs.includes(token.text)) return null;
    this.position++;
    return token.text;
  }

  private chain(next: () => Expression | null, ...signs: string[]): Expression | null {
    let left = next();
    while (left) {
      const operation = this.take(...signs);
      if (operation === null) return left;
      const right = next();
      left = right && { kind: 'call', operation, operands: [left, right] };
    }
    return null;
  }

  private sum(): Expression | null {
    if (++this.depth > MAXIMUM_DEPTH) return null;
    const expression = this.chain(() => this.product(), '+', '-');
    this.depth--;
    return expression;
  }

  private product(): Expression | null {
    return this.chain(() => this.factor(), '*', '//', '/', '%');
  }

  private factor(): Expression | null {
    let negative = false;
    while (this.take('-') !== null) negative = !negative;
    const atom = this.atom();
    return atom && negative ? { kind: 'call', operation: 'negate', operands: [atom] } : atom;
  }

  private atom(): Expression | null {
    if (this.take('(') !== null) {
      const inner = this.sum();
      return this.take(')') === null ? null : inner;
    }
    const token = this.tokens[this.position];
    if (!token || token.kind === 'sign') return null;
    this.position++;
    if (token.kind === 'number') return { kind: 'number', value: Number(token.text) };
    return this.take('(') === null ? { kind: 'name', name: token.text } : this.call(token.text.toLowerCase());
  }

  private call(operation: string): Expression | null {
    if (!functions.has(operation)) return null;
    const operands: Expression[] = [];
    do {
      const operand = this.sum();
      if (!operand) return null;
      operands.push(operand);
    } while (this.take(',') !== null);
    return this.take(')') === null ? null : { kind: 'call', operation, operands };
  }
}

/** null for what is a plain name, or no arithmetic at all. */
export function parseExpression(text: string): Expression | null {
  if (text.length > MAXIMUM_LENGTH) return null;
  const tokens = tokenize(text);
  const expression = tokens && new Parser(tokens).parse();
  return expression?.kind === 'call' ? expression : null;
}

/** Names in it, each once, in order. */
export function namesOf(expression: Expression): string[] {
  if (expression.kind === 'name') return [expression.name];
  return expression.kind === 'number' ? [] : [...new Set(expression.operands.flatMap(namesOf))];
}

/** Its value rounded down, since a dimension is whole; null where a name has no value or the result is not finite. */
export function evaluate(expression: Expression, valueOf: (name: string) => number | null): number | null {
  const value = evaluateExactly(expression, valueOf);
  return value !== null && Number.isFinite(value) ? Math.floor(value) : null;
}

function evaluateExactly(expression: Expression, valueOf: (name: string) => number | null): number | null {
  if (expression.kind === 'number') return expression.value;
  if (expression.kind === 'name') return valueOf(expression.name);
  const operands: number[] = [];
  for (const operand of expression.operands) {
    const value = evaluateExactly(operand, valueOf);
    if (value === null) return null;
    operands.push(value);
  }
  const operation = operations.get(expression.operation) ?? functions.get(expression.operation);
  return operation ? operation(...operands) : null;
}
