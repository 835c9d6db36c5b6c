/**
 * The registry as a program: {@link startRegistry} runs it inside another one, {@link readConfiguration} reads what the
 * command line reads.
 *
 * @module
 */
export { assemble } from './assemble.ts';
export type { AssembleOptions } from './assemble.ts';
export { defaults } from './config/configuration.ts';
export type {
  AuthSettings,
  Configuration,
  HtpasswdSettings,
  HttpSettings,
  LogLevel,
  LogSettings,
  StorageSettings,
  TlsSettings,
  UploadPurgingSettings,
  ValidationSettings,
} from './config/configuration.ts';
export { ConfigurationError } from './config/problem.ts';
export type { Origin, Problem } from './config/problem.ts';
export { readConfiguration } from './config/read-configuration.ts';
export type { ReadConfiguration, ReadConfigurationOptions } from './config/read-configuration.ts';
export type { StorageFactory } from './driver-module.ts';
export { createLog } from './log/log.ts';
export type { Log, LogFields, LogLine, LogOptions } from './log/log.ts';
export { startRegistry } from './start-registry.ts';
export type { RunningRegistry, StartRegistryOptions } from './start-registry.ts';
export { StartupError } from './startup-error.ts';
