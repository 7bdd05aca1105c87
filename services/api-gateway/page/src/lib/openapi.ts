// What of an OpenAPI 3.1 document the page about the API shows.
export interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  format?: string;
  pattern?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
}
export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
}
interface Body {
  description?: string;
  content?: Record<string, { schema?: Schema }>;
}
export interface Operation {
  tags?: string[];
  summary?: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: Body;
  responses: Record<string, Body>;
}
export interface Document {
  info: { title: string; version: string; description?: string };
  paths: Record<string, Record<string, Operation>>;
}
export interface Entry {
  method: string;
  path: string;
  tag: string;
  operation: Operation;
}

const kMethods = ['get', 'post', 'put', 'patch', 'delete'];

/** What a `$ref` stands for; anything else is itself. */
export function resolved<T>(document: Document, node: T | { $ref?: string }): T {
  const ref = (node as { $ref?: string }).$ref;
  if (!ref) return node as T;
  const found = ref.replace(/^#\//, '').split('/').reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], document);
  return (found ?? {}) as T;
}

export function entries(document: Document): Entry[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    kMethods.flatMap((method) => {
      const operation = methods[method];
      return operation ? [{ method: method.toUpperCase(), path, tag: operation.tags?.[0] ?? 'other', operation }] : [];
    }),
  );
}

/** `number, 0 to 100`, `"en" | "de"`, `Session`, `list of Session`. */
export function inWords(schema: Schema | undefined): string {
  if (!schema) return '';
  if (schema.$ref) return schema.$ref.split('/').at(-1)!;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(' | ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.map(inWords).join(' or ');
  if (schema.items) return `list of ${inWords(schema.items)}`;
  const range = schema.minimum !== undefined && schema.maximum !== undefined ? `${schema.minimum} to ${schema.maximum}`
    : schema.minimum !== undefined ? `from ${schema.minimum}` : schema.maximum !== undefined ? `up to ${schema.maximum}` : '';
  const words = [schema.type ?? (schema.properties ? 'object' : 'anything')].flat().join(' or ');
  return [words, schema.format, range, schema.default === undefined ? '' : `else ${JSON.stringify(schema.default)}`].filter(Boolean).join(', ');
}
