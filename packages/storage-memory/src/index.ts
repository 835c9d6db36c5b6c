/**
 * A storage driver in memory: {@link memoryStorage}.
 *
 * @module
 */
export { memoryStorage } from './memory-storage.ts';
export type { MemoryStorageOptions } from './memory-storage.ts';
