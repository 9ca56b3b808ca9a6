import { listenOnLoopback, readBody } from '../../local/loopback-server.ts';

type Line = Readonly<Record<string, unknown>>;
type Field = { readonly field: string; readonly value: string };

export interface InsightsServer {
  readonly url: string;
  /** Of each query, in order: log group, from and to in seconds. */
  readonly asked: readonly (readonly [group: string, from: number, to: number])[];
  /** Log group → its lines; each has a `timestamp`. */
  readonly groups: Map<string, readonly Line[]>;
  /** What a query comes to in the end. */
  endWith(status: string): void;
  close(): Promise<void>;
}

/**
 * CloudWatch Logs Insights on loopback: StartQuery and GetQueryResults, with the few commands of its language that the operator's
 * queries use. It refuses whatever else a query says, because no emulator runs `stats`. A query is running the first time it is
 * asked for.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/logs/CWL_QuerySyntax.html
 */
export async function startInsightsServer(): Promise<InsightsServer> {
  const groups = new Map<string, readonly Line[]>();
  const asked: [string, number, number][] = [];
  const results = new Map<string, Field[][]>();
  const isStarted = new Set<string>();
  let endStatus = 'Complete';

  function startQuery(input: Readonly<Record<string, string & number>>): object | undefined {
    const { logGroupName = '', queryString = '', startTime = 0, endTime = 0 } = input;
    const lines = groups.get(logGroupName);
    if (lines === undefined) return undefined;
    asked.push([logGroupName, startTime, endTime]);
    const inTime = lines.filter((line) => timeOf(line) >= startTime * 1000 && timeOf(line) <= endTime * 1000);
    const queryId = `query-${asked.length}`;
    results.set(queryId, evaluate(queryString, inTime));
    return { queryId };
  }

  function getQueryResults(queryId: string): object {
    if (isStarted.has(queryId)) return { status: endStatus, results: results.get(queryId) };
    isStarted.add(queryId);
    return { status: 'Running', results: [] };
  }

  const server = await listenOnLoopback(async (request, response) => {
    const input = JSON.parse((await readBody(request, 1024 * 1024))?.toString('utf8') ?? '{}');
    const isStart = request.headers['x-amz-target'] === 'Logs_20140328.StartQuery';
    const answer = isStart ? startQuery(input) : getQueryResults(input.queryId);
    response.writeHead(answer === undefined ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(answer ?? { __type: 'ResourceNotFoundException', message: 'no such group' }));
  });
  return {
    url: server.url,
    asked,
    groups,
    endWith(status) {
      endStatus = status;
    },
    close: server.close,
  };
}

function timeOf({ timestamp }: Line): number {
  return Date.parse(String(timestamp));
}

/** As Insights writes `@timestamp`. */
function timestampOf(line: Line): string {
  return new Date(timeOf(line)).toISOString().replace('T', ' ').replace('Z', '');
}

function evaluate(query: string, lines: readonly Line[]): Field[][] {
  let rest = lines;
  let show = (_lines: readonly Line[]): Field[][] => [];
  for (const command of query.split('\n| ')) {
    const [, name, argument = ''] = /^(\w+) (.+)$/.exec(command) ?? [];
    if (name === 'filter') rest = rest.filter(parseFilter(argument));
    else if (name === 'fields') show = (all) => all.map((line) => row(argument.split(', '), line));
    else if (name === 'stats') show = parseStats(argument);
    else if (command !== 'sort @timestamp asc' && command !== 'limit 10000') throw new Error(`Unknown: ${command}`);
  }
  return show(rest);
}

function parseFilter(text: string): (line: Line) => boolean {
  const conditions = text.split(' and ').map((condition): ((line: Line) => boolean) => {
    const [, field = '', operator, operand = ''] = /^(\w+) (=|in|like) (.+)$/.exec(condition) ?? [];
    const value = (line: Line) => String(line[field]);
    if (operator === '=') return (line) => value(line) === String(JSON.parse(operand));
    if (operator === 'in') return (line) => (JSON.parse(operand) as string[]).includes(value(line));
    const [, pattern] = /^\/(.+)\/$/.exec(operand) ?? [];
    if (operator !== 'like' || pattern === undefined) throw new Error(`Unknown: ${condition}`);
    return (line) => new RegExp(pattern).test(value(line));
  });
  return (line) => conditions.every((isMet) => isMet(line));
}

function parseStats(text: string): (lines: readonly Line[]) => Field[][] {
  const [sums, by = ''] = text.split(' by ');
  if (sums !== 'count(*) as times, min(@timestamp) as firstMs, max(@timestamp) as lastMs') {
    throw new Error(`Unknown: ${sums}`);
  }
  return (lines) => {
    const groups = Map.groupBy(lines, (line) => JSON.stringify(row(by.split(', '), line)));
    return [...groups].map(([key, members]) => {
      const times = members.map(timeOf);
      const sum = { times: members.length, firstMs: Math.min(...times), lastMs: Math.max(...times) };
      return [...JSON.parse(key), ...Object.entries(sum).map(([field, value]) => ({ field, value: String(value) }))];
    });
  };
}

/** Without the fields that the line lacks. */
function row(fields: readonly string[], line: Line): Field[] {
  return fields.flatMap((field) => {
    const value = field === '@timestamp' ? timestampOf(line) : line[field];
    return value === undefined ? [] : [{ field, value: String(value) }];
  });
}
