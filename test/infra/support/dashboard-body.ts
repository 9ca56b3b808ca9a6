import type { Template } from 'aws-cdk-lib/assertions';
import { resolveTemplate } from './resolve-template.ts';

export interface Widget {
  readonly type: 'metric' | 'log' | 'text' | 'alarm';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title?: string;
    readonly markdown?: string;
    readonly query?: string;
    readonly alarms?: readonly string[];
    readonly metrics?: readonly (readonly unknown[])[];
  };
}

export interface DrawnMetric {
  readonly namespace: string;
  readonly name: string;
  /** Names of the dimensions. */
  readonly dimensions: readonly string[];
  readonly statistic: string;
}

/** The dashboard of a template, as CloudWatch would get it. */
export function dashboardOf(template: Template): { readonly widgets: readonly Widget[] } {
  const [dashboard] = Object.values(resolveTemplate(template)).filter(
    ({ Type }) => Type === 'AWS::CloudWatch::Dashboard',
  );
  return JSON.parse(dashboard?.Properties['DashboardBody'] ?? '{}');
}

/** Every metric of a widget: one that is named, and one that an expression searches for. */
export function drawnMetrics({ properties }: Widget): DrawnMetric[] {
  return (properties.metrics ?? []).flatMap((row) => {
    const options = (row.at(-1) ?? {}) as { readonly expression?: string; readonly stat?: string };
    const names = row.filter((part) => typeof part === 'string');
    if (names.length === 0) return searched(options.expression ?? '');
    const [namespace = '', name = '', ...dimensions] = names;
    const own = dimensions.filter((_, index) => index % 2 === 0);
    return [{ namespace, name, dimensions: own, statistic: options.stat ?? 'Average' }];
  });
}

function searched(expression: string): DrawnMetric[] {
  const found = /^SEARCH\('\{"([^"]+)",([\w,]+)\} MetricName="(\w+)"[^']*', '(\w+)', \d+\)$/.exec(expression);
  if (found === null) return [];
  const [, namespace = '', dimensions = '', name = '', statistic = ''] = found;
  return [{ namespace, name, dimensions: dimensions.split(','), statistic }];
}
