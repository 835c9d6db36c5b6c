import { parseArgs } from 'node:util';
import { nearest } from '../nearest.ts';

const commands = ['serve', 'check-config', 'check-storage', 'garbage-collect'] as const;
type Command = (typeof commands)[number];

/** What the command line asks for. */
export type Invocation =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'usage'; readonly message: string }
  | {
      readonly kind: 'command';
      readonly command: Command;
      /** File with the configuration. */
      readonly file?: string;
      readonly dryRun: boolean;
      readonly deleteUntagged: boolean;
    };

const options = {
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
  'dry-run': { type: 'boolean', short: 'd' },
  'delete-untagged': { type: 'boolean', short: 'm' },
} as const;

/** Options that only one command knows. */
const ofCommand: Readonly<Record<string, Command>> = {
  'dry-run': 'garbage-collect',
  'delete-untagged': 'garbage-collect',
};

/** Reads the arguments after the program's name. Without any the registry is served. */
export function parseInvocation(args: readonly string[]): Invocation {
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { name, rawName, value } = token;
    if (!Object.hasOwn(options, name))
      return usage(`unknown option "${rawName}"${hint(name, Object.keys(options), '--')}`);
    if (value !== undefined) return usage(`option "${rawName}" takes no value`);
  }
  if (values.help === true) return { kind: 'help' };
  if (values.version === true) return { kind: 'version' };

  const [word = 'serve', file, ...rest] = positionals;
  const command = commands.find((each) => each === word);
  if (word === 'help') return { kind: 'help' };
  if (command === undefined) return usage(`unknown command "${word}"${commandHint(word)}`);
  if (rest.length > 0) return usage(`"${command}" takes one configuration, not also "${rest.join(' ')}"`);
  for (const [option, owner] of Object.entries(ofCommand)) {
    if (option in values && owner !== command)
      return usage(`option "--${option}" is for "${owner}", not for "${command}"`);
  }
  return {
    kind: 'command',
    command,
    dryRun: values['dry-run'] === true,
    deleteUntagged: values['delete-untagged'] === true,
    ...(file === undefined ? {} : { file }),
  };
}

function usage(message: string): Invocation {
  return { kind: 'usage', message };
}

function commandHint(word: string): string {
  if (/\.(?:ya?ml|json)$/.test(word)) return `; did you mean "serve ${word}"?`;
  return hint(word, commands, '');
}

function hint(word: string, known: readonly string[], prefix: string): string {
  const near = nearest(word, known);
  return near === undefined ? '' : `; did you mean "${prefix}${near}"?`;
}
