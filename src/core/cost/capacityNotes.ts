import type { CapacityNote } from '../../protocol/report.js';

/** What all scenarios say alike is said once, first, and of none in particular. */
export function sharedFirst(byScenario: readonly CapacityNote[][]): CapacityNote[] {
  const keyOf = ({ code, params }: CapacityNote): string => JSON.stringify([code, params]);
  const keys = byScenario.map((notes) => new Set(notes.map(keyOf)));
  const isShared = (note: CapacityNote): boolean => keys.every((said) => said.has(keyOf(note)));
  const [first = []] = byScenario;
  return [
    ...first.filter(isShared).map(({ code, params }) => ({ code, params })),
    ...byScenario.flat().filter((note) => !isShared(note)),
  ];
}
