/** A value of a metric or expression in one period; undefined where there is none. */
export type Value = number | undefined;

type Term = (values: ReadonlyMap<string, Value>) => Value;

const operators: Readonly<Record<string, (left: number, right: number) => number>> = {
  AND: (left, right) => Number(left !== 0 && right !== 0),
  '>=': (left, right) => Number(left >= right),
  '>': (left, right) => Number(left > right),
  '==': (left, right) => Number(left === right),
  '+': (left, right) => left + right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '-': (left, right) => left - right,
};
/** The loosest first. */
const precedence = [['AND'], ['>=', '>', '=='], ['+', '-'], ['*', '/']];

/**
 * Evaluates the part of CloudWatch's metric math that this project uses, for one period. A missing operand makes a missing value.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 *
 * @throws Error on what it does not know
 */
export function evaluateMetricMath(expression: string, values: ReadonlyMap<string, Value>): Value {
  const tokens = expression.match(/>=|==|[-+*/>(),]|[\w.]+/g) ?? [];
  const term = parseLevel(tokens, 0);
  if (tokens.length > 0) throw new Error(`${expression}: ${tokens.join(' ')} is not understood`);
  return term(values);
}

function parseLevel(tokens: string[], level: number): Term {
  const symbols = precedence[level];
  if (symbols === undefined) return parseOperand(tokens);
  let left = parseLevel(tokens, level + 1);
  while (symbols.includes(tokens[0] ?? '')) {
    const operate = operators[tokens.shift() ?? ''] as (left: number, right: number) => number;
    const [first, second] = [left, parseLevel(tokens, level + 1)];
    left = (values) => {
      const [a, b] = [first(values), second(values)];
      const result = a === undefined || b === undefined ? undefined : operate(a, b);
      return Number.isFinite(result) ? result : undefined;
    };
  }
  return left;
}

function parseOperand(tokens: string[]): Term {
  const token = tokens.shift() ?? '';
  if (/^[\d.]+$/.test(token)) return () => Number(token);
  if (token === '(') {
    const inner = parseLevel(tokens, 0);
    expectToken(tokens, ')');
    return inner;
  }
  if (tokens[0] !== '(') {
    return (values) => {
      if (!values.has(token)) throw new Error(`There is no metric ${token}`);
      return values.get(token);
    };
  }
  return parseCall(token, tokens);
}

function parseCall(name: string, tokens: string[]): Term {
  const parameters: Term[] = [];
  do {
    tokens.shift();
    parameters.push(parseLevel(tokens, 0));
  } while (tokens[0] === ',');
  expectToken(tokens, ')');
  const [first, second, third] = parameters as [Term, Term, Term];
  if (name === 'FILL') return (values) => first(values) ?? second(values);
  if (name === 'IF') {
    return (values) => {
      const condition = first(values);
      return condition === undefined ? undefined : (condition !== 0 ? second : third)(values);
    };
  }
  throw new Error(`${name}() is not known here`);
}

function expectToken(tokens: string[], token: string): void {
  if (tokens.shift() !== token) throw new Error(`${token} is missing`);
}
