export const operatorText = {
  'operators.largerBranch':
    '{count} If operators (first: {first}) are counted by their larger branch: which one runs depends on the data.',
  'operators.largerBranch.one':
    'The If operator {first} is counted by its larger branch: which one runs depends on the data.',
  'operators.unknownTrips':
    'How often {count} loops (first: {first}) run depends on the data, so the total is not known without a run.',
  'operators.unknownTrips.one':
    'How often the loop {first} runs depends on the data, so the total is not known without a run.',
} as const;
