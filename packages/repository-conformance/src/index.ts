/**
 * The contract of a registry and its repositories as data: a list of named asynchronous cases.
 *
 * @module
 */
export type { Case, Skip, Subject, Test } from './case.ts';
export { cases, testRegistry } from './suite.ts';
export type { TestRegistryOptions } from './suite.ts';
export {
  descriptorOf,
  emptyConfig,
  emptyJson,
  imageBytes,
  indexBytes,
  pushBlob,
  pushImage,
} from './content.ts';
export type { ImageParts } from './content.ts';
