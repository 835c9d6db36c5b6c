import type { Registry } from '@lading/repository';

/** One rule of the contract, as something that can be run. */
export interface Case {
  /** `<member> <does what> <when>`; unique. */
  readonly name: string;
  /**
   * Rejects when the rule is broken. Gets a registry of its own, in which nothing was ever pushed. Resolves with a reason when the rule is about
   * something that this implementation leaves out, as the contract allows.
   */
  readonly run: (registry: Registry) => Promise<Skip | void>;
}

/** Why a case does not apply. */
export interface Skip {
  readonly skipped: string;
}

/** What {@link testRegistry} needs of a test runner: `test` of `node:test` is one. */
export type Test = (
  name: string,
  run: (context: { readonly skip: (reason: string) => void }) => Promise<void>,
) => unknown;

/** A registry to test. */
export interface Subject {
  /** Empty. */
  readonly registry: Registry;
  /** Frees what it holds, after its case. */
  readonly close?: () => Promise<void>;
}

/** A part of the suite's cases, under the name of the member they are about. */
export type Cases = readonly Case[];
