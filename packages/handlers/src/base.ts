import { jsonResponse } from './error-response.ts';
import type { RegistryResponse } from './message.ts';

const answer = jsonResponse(200, '{}');

/** That this is a registry, and that the caller may come in (distribution-spec, "Determining Support"). */
export function base(): RegistryResponse {
  return answer;
}
