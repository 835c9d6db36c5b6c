// A reporter for `node:test`: one line for each file, failures in full, skipped tests by name.
import { relative } from 'node:path';
import type { TestEvent } from 'node:test/reporters';
import { inspect, styleText } from 'node:util';

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
  milliseconds: number;
}

interface Finding {
  readonly file: string;
  readonly name: string;
  readonly text: string;
}

type Completed = Extract<TestEvent, { type: 'test:pass' | 'test:fail' }>['data'];

/** Sums up a run; paths are shown relative to `root`. */
export function summary(root: string): (events: AsyncIterable<TestEvent>) => AsyncGenerator<string, void> {
  return async function* summarise(events) {
    const files = new Map<string, Tally>();
    const failures: Finding[] = [];
    const skips: Finding[] = [];
    const output: string[] = [];
    /** The names of the tests around the current one, by depth, for each file. */
    const opened = new Map<string, string[]>();

    const fileOf = (data: { file?: string | undefined }): string =>
      relative(root, data.file ?? '') || '(unknown file)';
    const fullName = (data: Completed): string =>
      [...(opened.get(fileOf(data)) ?? []).slice(0, data.nesting), data.name].join(' › ');

    for await (const event of events) {
      if (event.type === 'test:start') {
        const names = opened.get(fileOf(event.data)) ?? [];
        names.length = event.data.nesting;
        names.push(event.data.name);
        opened.set(fileOf(event.data), names);
      }
      if (event.type === 'test:stdout' || event.type === 'test:stderr') output.push(event.data.message);
      if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;

      const { data } = event;
      const file = fileOf(data);
      const tally = files.get(file) ?? { passed: 0, failed: 0, skipped: 0, milliseconds: 0 };
      files.set(file, tally);
      if (data.nesting === 0) tally.milliseconds += data.details.duration_ms;

      if (event.type === 'test:fail') {
        const { error } = event.data.details;
        // A parent fails because its child did: the child tells more.
        const followsFromChild = 'failureType' in error && error.failureType === 'subtestsFailed';
        if (followsFromChild) continue;
        tally.failed += 1;
        failures.push({
          file,
          name: fullName(data),
          text: inspect(error.cause ?? error, { colors: process.stdout.isTTY }),
        });
      } else if (data.skip !== undefined && data.skip !== false) {
        tally.skipped += 1;
        skips.push({
          file,
          name: fullName(data),
          text: typeof data.skip === 'string' ? data.skip : 'no reason given',
        });
      } else if (data.details.type !== 'suite') {
        tally.passed += 1;
      }
    }

    for (const [file, tally] of [...files].sort(([a], [b]) => a.localeCompare(b)))
      yield `${fileLine(file, tally)}\n`;
    if (failures.length > 0) {
      if (output.length > 0) yield `\nWhat the tests wrote:\n${output.join('')}\n`;
      yield styleText('red', '\nFailed:\n');
      for (const { file, name, text } of failures) yield `\n✖ ${name}\n  ${file}\n${indent(text)}\n`;
    }
    if (skips.length > 0) {
      yield styleText('yellow', '\nSkipped:\n');
      for (const { file, name, text } of skips) yield `- ${name} (${file}): ${text}\n`;
    }
    const total = (key: keyof Tally): number =>
      [...files.values()].reduce((sum, tally) => sum + tally[key], 0);
    yield `\n${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped\n`;
  };
}

function fileLine(file: string, { passed, failed, skipped, milliseconds }: Tally): string {
  const mark = failed > 0 ? styleText('red', '✖') : styleText('green', '✔');
  const counts = [
    `${passed} passed`,
    failed > 0 ? `${failed} failed` : '',
    skipped > 0 ? `${skipped} skipped` : '',
  ];
  return `${mark} ${file}: ${counts.filter(Boolean).join(', ')} (${Math.round(milliseconds)} ms)`;
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '    ');
}
