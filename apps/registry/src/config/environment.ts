import type { Origins } from './origins.ts';
import type { Problem } from './problem.ts';
import { formatPath, isSettings } from './settings.ts';
import type { Setting, Settings } from './settings.ts';

/** An environment variable that changes a setting. */
export interface Override {
  readonly variable: string;
  /** The parts of its name after `REGISTRY_`, in lower case. */
  readonly parts: readonly string[];
  readonly text: string;
}

const prefix = 'REGISTRY_';

/**
 * What Kubernetes and Docker links put into the environment for a service whose name begins with
 * "registry": `REGISTRY_PORT_5000_TCP_ADDR`, `REGISTRY_HTTP_SERVICE_HOST`. They are no settings.
 */
function isServiceLink(name: string, text: string): boolean {
  if (/_SERVICE_(?:HOST|PORT(?:_\w+)?)$/.test(name)) return true;
  if (/_PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?$/.test(name)) return true;
  return name.endsWith('_PORT') && /^(?:tcp|udp|sctp):\/\//.test(text);
}

/** Read by the command line, and no setting either. */
const reserved = new Set(['REGISTRY_CONFIGURATION_PATH']);

/**
 * The variables that mean a setting, in the order in which they apply: `REGISTRY_STORAGE` comes
 * before `REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY`.
 */
export function overrides(environment: Readonly<Record<string, string | undefined>>): Override[] {
  return Object.entries(environment)
    .filter(([name]) => name.startsWith(prefix) && name !== prefix && !reserved.has(name))
    .filter(([name, text = '']) => !isServiceLink(name, text))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([variable, text = '']) => ({
      variable,
      parts: variable.slice(prefix.length).toLowerCase().split('_'),
      text,
    }));
}

/**
 * Puts the value of a variable where its name says: below keys that are there in whatever case, else
 * below new ones; the number of a list's item, or the next one. What was there before is replaced whole.
 *
 * @returns the problem, when the name leads nowhere.
 */
export function applyOverride(
  settings: Settings,
  origins: Origins,
  { variable, parts, text }: Override,
  readValue: (text: string) => { readonly value: Setting; readonly plain?: string },
): Problem | undefined {
  const origin = { kind: 'environment', variable } as const;
  const path: (string | number)[] = [];
  let parent: Settings | Setting[] = settings;
  for (const [depth, part] of parts.entries()) {
    const key = keyOf(parent, part);
    if (key === undefined) {
      const length = Array.isArray(parent) ? parent.length : 0;
      const items = `${formatPath(path)} has ${length} ${length === 1 ? 'item' : 'items'}`;
      return { origin, message: `there is no item "${part}": ${items}, so write a number up to ${length}` };
    }
    path.push(key);
    if (depth === parts.length - 1) break;
    const child = childOf(parent, key);
    if (child === undefined || child === null) {
      parent = setChild(parent, key, /^\d+$/.test(parts[depth + 1] ?? '') ? [] : {}) as Settings | Setting[];
      origins.forget(path);
      origins.set(path, { origin, key: origin });
    } else if (typeof child === 'object') {
      parent = child as Settings | Setting[];
    } else {
      const state = `${formatPath(path)} is a single value, so nothing can lie below it`;
      return { origin, message: `cannot set "${parts.slice(depth + 1).join('.')}": ${state}` };
    }
  }
  const { value, plain } = readValue(text);
  setChild(parent, path.at(-1) ?? '', value);
  origins.forget(path);
  origins.set(path, { origin, key: origin, ...(plain === undefined ? {} : { plain }) });
  return undefined;
}

function keyOf(parent: Settings | readonly Setting[], part: string): string | number | undefined {
  if (isSettings(parent)) return Object.keys(parent).find((key) => key.toLowerCase() === part) ?? part;
  const index = Number(part);
  return /^\d+$/.test(part) && index <= parent.length ? index : undefined;
}

function childOf(parent: Settings | readonly Setting[], key: string | number): Setting | undefined {
  return isSettings(parent) ? parent[key] : parent[Number(key)];
}

function setChild(parent: Settings | Setting[], key: string | number, value: Setting): Setting {
  if (isSettings(parent)) parent[key] = value;
  else parent[Number(key)] = value;
  return value;
}
