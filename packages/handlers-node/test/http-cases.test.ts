import { test } from 'node:test';
import { httpCases } from '../../handlers/test/http-cases/index.ts';
import { listening } from './client.ts';

for (const { name, run } of httpCases)
  test(`createServer: ${name}`, () => run((handler) => listening(handler)));
