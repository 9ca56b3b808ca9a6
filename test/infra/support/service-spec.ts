import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';

type Spec = ReturnType<typeof loadAwsServiceSpecSync>;
type Template = Readonly<Record<string, { readonly Type: string; readonly Properties?: unknown }>>;

/** A property's type as the specification puts it, as far as it is judged here. */
interface SpecType {
  readonly type: string;
  readonly element?: SpecType;
  readonly types?: readonly SpecType[];
  readonly reference?: { readonly $ref: string };
}

interface SpecProperties {
  readonly [name: string]: { readonly required?: boolean; readonly type: SpecType };
}

/**
 * What AWS's own specification of each resource type says against a template's resources: types and properties that do
 * not exist, missing ones, values of another type. What a reference stands for is not judged.
 */
export function findSpecFaults(resources: Template): string[] {
  const spec = loadAwsServiceSpecSync();
  return Object.entries(resources).flatMap(([id, { Type, Properties = {} }]) => {
    const [found] = spec.lookup('resource', 'cloudFormationType', 'equals', Type);
    if (found === undefined) return [`${id}: there is no resource type ${Type}`];
    return findFaults(spec, `${id} (${Type})`, found.properties as SpecProperties, Properties);
  });
}

function findFaults(spec: Spec, at: string, properties: SpecProperties, value: unknown): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${at} must be an object`];
  const missing = Object.entries(properties)
    .filter(([name, { required }]) => required === true && !Object.hasOwn(value, name))
    .map(([name]) => `${at} lacks ${name}`);
  const present = Object.entries(value).flatMap(([name, inner]) => {
    const property = properties[name];
    return property === undefined
      ? [`${at} has no property ${name}`]
      : findTypeFaults(spec, `${at}.${name}`, property.type, inner);
  });
  return [...missing, ...present];
}

function findTypeFaults(spec: Spec, at: string, type: SpecType, value: unknown): string[] {
  if (isReference(value)) return [];
  if (type.type === 'ref' && type.reference !== undefined) {
    const definition = spec.get('typeDefinition', type.reference.$ref);
    return findFaults(spec, at, definition.properties as SpecProperties, value);
  }
  if (type.type === 'array' && type.element !== undefined) {
    const { element } = type;
    if (!Array.isArray(value)) return [`${at} must be an array`];
    return value.flatMap((inner, index) => findTypeFaults(spec, `${at}.${index}`, element, inner));
  }
  if (type.type === 'map' && type.element !== undefined) {
    const { element } = type;
    if (typeof value !== 'object' || value === null) return [`${at} must be an object`];
    return Object.entries(value).flatMap(([key, inner]) => findTypeFaults(spec, `${at}.${key}`, element, inner));
  }
  if (type.type === 'union' && type.types !== undefined) {
    const faults = type.types.map((candidate) => findTypeFaults(spec, at, candidate, value));
    return faults.some((found) => found.length === 0) ? [] : [`${at} is of none of the types it may have`];
  }
  return isOfType(type.type, value) ? [] : [`${at} must be of type ${type.type}`];
}

function isReference(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const [name, ...others] = Object.keys(value);
  return others.length === 0 && (name === 'Ref' || name?.startsWith('Fn::') === true);
}

function isOfType(type: string, value: unknown): boolean {
  if (type === 'string' || type === 'date-time') return typeof value === 'string';
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'number') return typeof value === 'number';
  if (type === 'boolean') return typeof value === 'boolean';
  if (type === 'tag') return typeof value === 'object';
  // JSON and null: anything.
  return true;
}
