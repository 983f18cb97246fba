/** What one call measures: a scenario for each set of dimensions on each provider, and its share of the time. */

import { providerLabel } from '../../format/providerNames.js';
import type { RunOptions } from '../../protocol/worker.js';
import { withConditions } from './command.js';
import type { StaticScenario } from './scenarios.js';

export interface PlannedScenario {
  scenario: StaticScenario;
  options: RunOptions;
  /** For people. */
  providerName: string;
  /** Of the scenario on the CPU that this one is compared with; null where there is none. */
  baselineId: string | null;
}

const BASELINE = 'cpu';
const EVERY_PROVIDER = 'all';
/** Below it there is hardly a round in which to gauge the load. */
const LEAST_SECONDS = 0.5;

/** In the order asked for, the baseline first; one for a call that compares nothing. `available`: what the runtime has here. */
function providersOf({ provider, compareProviders }: RunOptions, available: readonly string[]): string[] {
  if (!compareProviders || compareProviders.length === 0) return [provider];
  const asked = compareProviders.flatMap((each) => (each === EVERY_PROVIDER ? available : [each]));
  return [...new Set([BASELINE, ...asked])];
}

/** Ids run on: providers of one set of dimensions stand together, so that neighbours are compared. */
export function planScenarios(
  scenarios: readonly StaticScenario[],
  options: RunOptions,
  available: readonly string[],
): PlannedScenario[] {
  const providers = providersOf(options, available);
  const comparing = options.compareProviders !== undefined && options.compareProviders.length > 0;
  return scenarios.flatMap((scenario, group) =>
    providers.map((provider, index): PlannedScenario => {
      const id = (position: number): string => `s${group * providers.length + position}`;
      const label = [...(providers.length > 1 ? [providerLabel(provider)] : []), scenario.label];
      const command = comparing ? withConditions(options.command, { provider }) : options.command;
      return {
        scenario: { ...scenario, id: id(index), label: label.filter((part) => part !== '').join(' · ') },
        options: { ...options, provider, command },
        providerName: providerLabel(provider),
        baselineId: index === 0 ? null : id(0),
      };
    }),
  );
}

/**
 * Seconds for the next of `left` scenarios: what is left in equal shares, so that what a fast one leaves goes to the
 * later ones. `spentSeconds`: of their shares, without what sessions took to be made.
 */
export function shareOfBudget(budgetSeconds: number, spentSeconds: number, left: number): number {
  const share = (budgetSeconds - spentSeconds) / left;
  return Math.round(Math.max(Math.min(LEAST_SECONDS, budgetSeconds), share) * 100) / 100;
}

/** The same scenario with its share of the time; its command repeats it alone, in as much time. */
export function withBudget(planned: PlannedScenario, budgetSeconds: number): PlannedScenario {
  const { options } = planned;
  if (budgetSeconds === options.budgetSeconds) return planned;
  const command = withConditions(options.command, { budgetSeconds });
  return { ...planned, options: { ...options, budgetSeconds, command } };
}
