export const reportText = {
  'report.dimension.unknown': 'The model has no dimension “{name}”. It has: {names}.',
  'report.dimension.none': 'The model has no open dimension, so “{name}” cannot be set.',
  'report.dimension.fixed': '“{name}” is fixed at {value} in the model file.',
  'report.dimension.value': '“{name}” cannot be “{value}”: a whole number from {minimum} to 2,147,483,647 is needed.',
  'report.dimension.tooMany': 'The values asked for make more than {maximum} combinations. Ask for fewer at a time.',
  'report.parse.tooLarge': 'The report is larger than {maximum} MiB, which is more than is read.',
  'report.parse.notJson': 'This is not a report: it is not JSON.',
  'report.parse.notAReport': 'This is not a report of Inference Profiler: it has no schema version.',
  'report.parse.newer':
    'The report has schema version {found}, and this version of Inference Profiler reads up to {supported}. Update Inference Profiler to read it.',
  'report.parse.schema': 'The report is damaged: {place} {expectation}.',
  'report.workspaceFile.unreadable': 'The settings file {file} cannot be read.',
  'report.workspaceFile.syntax': '{file}:{line}:{column} is not JSON: {problem}.',
  'report.workspaceFile.hours':
    '{file}:{line}:{column}: serving.hourly needs 24 figures (a day) or 168 (a week); these are {count}.',
  'report.workspaceFile.hour': '{file}:{line}:{column}: serving.hourly has a figure below zero.',
  'report.workspaceFile.unknownKey': '{file}:{line}:{column}: “{key}” is not a setting and has no effect.',
  'report.workspaceFile.schema': '{file}:{line}:{column}: {place} {expectation}.',
  'report.warning.operatorsWithoutRule': 'Multiply-accumulates are not known: there is no counting rule for {types}.',
  'report.warning.shapesUnknown':
    'Multiply-accumulates are not known: the shapes of {count} operators depend on values that only a run gives.',
  'report.warning.shapesUnknown.one':
    'Multiply-accumulates are not known: the shapes of one operator depend on values that only a run gives.',
  'report.output.exists': '{file} exists. Choose another name, or use --force to replace it.',
  'report.output.unwritable': '{file} cannot be written ({reason}).',

  'report.trace.track': '{provider} kernels in their modules',

  'report.markdown.notMeasured': 'Not measured: this is what the file alone says.',
  'report.markdown.kernelsOnly': 'Kernels were traced; the latency was not measured.',
  'report.markdown.moreScenarios': '{number} more scenarios are in the report.',
  'report.markdown.details': 'Model, machine and conditions',
  'report.markdown.size': 'File',
  'report.markdown.tool': 'Measured with',
} as const;
