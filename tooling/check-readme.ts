// Keeps the READMEs of the packages in one shape, and the program and the table of the root README true.
//
//   node tooling/check-readme.ts [--write]     --write rewrites the table and the descriptions
//
// The first sentence of a package's README is the source of its description elsewhere. That the
// examples under "Use" run is the business of test/readme-examples.test.ts.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedSection, markdownTable } from './generated-section.ts';
import { packages, readJson } from './workspace.ts';
import type { Package } from './workspace.ts';

const headings = ['Use', 'Contract', 'Options', 'Not here'];
const maximumLines = 60;

/** Everything that is wrong, one line each; with `write`, what can be written is written instead. */
export function checkReadmes(root: string, write = false): string[] {
  const all = packages(root);
  const problems = all.flatMap((pkg) => [...checkReadme(pkg), ...checkDescription(pkg, write)]);
  const rows = all.map((pkg) => [`[\`${pkg.manifest.name}\`](${pkg.path})`, sentence(pkg)]);
  const table = generatedSection(
    join(root, 'README.md'),
    'packages',
    markdownTable(['Package', 'What it is'], rows),
    write,
  );
  const example = checkExample(root, write);
  return [...problems, table, example].filter((problem) => problem !== undefined);
}

/** The program in the root README is a file that the tests run. */
function checkExample(root: string, write: boolean): string | undefined {
  const file = join(root, 'examples/node.ts');
  if (!existsSync(file)) return undefined;
  const code = readFileSync(file, 'utf8').trim();
  return generatedSection(join(root, 'README.md'), 'example', `\`\`\`ts\n${code}\n\`\`\``, write);
}

function checkReadme(pkg: Package): string[] {
  const file = `${pkg.path}/README.md`;
  const text = readme(pkg);
  if (text === '') return [`${file}: missing`];
  const problems: string[] = [];
  const lines = text.trimEnd().split('\n');
  if (lines.length > maximumLines) problems.push(`${file}: ${lines.length} lines, ${maximumLines} at most`);
  if (lines[0] !== `# ${pkg.manifest.name}`)
    problems.push(`${file}: the first line is not "# ${pkg.manifest.name}"`);

  const introduction = text.split(/^## /m)[0]?.split('\n').slice(1).join('\n').trim() ?? '';
  if (!/^[^\n]+(?:\n[^\n]+)*[.]$/.test(introduction))
    problems.push(`${file}: one sentence is wanted before the first heading`);

  const prose = text.replaceAll(/^```[\s\S]*?^```$/gm, 'code');
  const found = [...prose.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
  if (found.join() !== headings.join())
    problems.push(`${file}: the headings are "${found.join(', ')}", not "${headings.join(', ')}"`);
  for (const section of prose.split(/^## /m).slice(1)) {
    const [heading, ...body] = section.split('\n');
    if (body.join('').trim() === '') problems.push(`${file}: nothing under "${heading}"`);
  }
  for (const [, link] of text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)) {
    if (link !== undefined && !existsSync(join(pkg.directory, link)))
      problems.push(`${file}: there is no "${link}"`);
  }
  return problems;
}

function checkDescription(pkg: Package, write: boolean): string[] {
  const description = sentence(pkg).replaceAll('`', '');
  if (pkg.manifest.description === description) return [];
  const file = join(pkg.directory, 'package.json');
  if (!write)
    return [
      `${pkg.path}/package.json: the description is not the first sentence of the README, run with --write`,
    ];
  const manifest = readJson<Record<string, unknown>>(file);
  writeFileSync(file, `${JSON.stringify({ ...manifest, description }, null, 2)}\n`);
  return [];
}

function sentence(pkg: Package): string {
  const [, introduction = ''] = /^# .*\n\n([\s\S]*?)\n(?:\n|$)/.exec(`${readme(pkg)}\n`) ?? [];
  return introduction.replaceAll('\n', ' ').trim();
}

function readme({ directory }: Package): string {
  const file = join(directory, 'README.md');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

if (import.meta.main) {
  const problems = checkReadmes(join(import.meta.dirname, '..'), process.argv.includes('--write'));
  for (const problem of problems) console.error(problem);
  console.log(problems.length === 0 ? 'The READMEs are in shape.' : `${problems.length} problems`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
