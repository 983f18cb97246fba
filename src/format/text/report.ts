export const reportText = {
  'report.dimension.unknown': 'The model has no dimension “{name}”. It has: {names}.',
  'report.dimension.none': 'The model has no open dimension, so “{name}” cannot be set.',
  'report.dimension.fixed': '“{name}” is fixed at {value} in the model file.',
  'report.dimension.value': '“{name}” cannot be “{value}”: a whole number from {minimum} to 2,147,483,647 is needed.',
  'report.dimension.tooMany': 'The values asked for make more than {maximum} combinations. Ask for fewer at a time.',
} as const;
