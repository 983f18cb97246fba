export const scenarioText = {
  'scenario.warning.data.denormals':
    'Latency depends on the data: with denormal numbers in the inputs a run takes {ratio} times as long as with the normal ones. Set values that small to zero before the model.',
  'scenario.warning.data.zeros':
    'Latency depends on the data: with zeros in the inputs a run takes {ratio} times as long as with the normal ones.',
  'scenario.warning.data.large':
    'Latency depends on the data: with very large numbers in the inputs a run takes {ratio} times as long as with the normal ones.',
  'scenario.warning.noFloatInputs':
    'Whether latency depends on the values was not checked: no input holds floating-point numbers.',
  'scenario.warning.providerOpaque':
    '{provider} runs {count} partitions, each as one box: the time inside is not visible.',
  'scenario.warning.providerOpaque.one': '{provider} runs one partition as one box: the time inside is not visible.',
  'scenario.warning.providerFellBack':
    '{count} operators ran on the CPU instead of {provider}: {types}. Each change of device copies tensors.',
  'scenario.warning.providerFellBack.one':
    'One operator ran on the CPU instead of {provider}: {types}. Each change of device copies tensors.',
  'scenario.warning.providerUnused': 'No operator ran on {provider}; this is the latency of the CPU.',
  'scenario.warning.providerAsynchronous':
    '{provider} works apart from the CPU: times of its kernels are those of handing the work over. Only the latency of the whole is that of the work.',
  'scenario.warning.outputsNotCompared': 'The outputs were not compared with those of the CPU: {reason}',
  'scenario.kind.zeros': 'zeros',
  'scenario.kind.denormals': 'denormal numbers',
  'scenario.kind.large': 'large numbers',
  'scenario.kind.normal': 'normal inputs',
  'scenario.count.operators': '{number} operators',
  'scenario.count.operators.one': 'one operator',
  'scenario.difference.none': 'equal',
  'scenario.difference.notComparable': 'not comparable',
  'scenario.data.title': 'Latency by data',
  'scenario.data.kind': 'Data',
  'scenario.providers.title': 'Providers',
  'scenario.providers.provider': 'Provider',
  'scenario.providers.partitions': 'Partitions',
  'scenario.providers.fellBack': 'On the CPU',
  'scenario.providers.largestError': 'Largest error',
  'scenario.providers.sqnr': 'SQNR dB',
  'scenario.providers.cosine': 'Cosine',
  'scenario.curve.per': 'Per {dimension}',
  'scenario.curve.perToken': 'Per token',
  'scenario.curve.budget': 'Time budgets: {low} to {high} s a scenario.',
  'scenario.notMeasured': 'not measured',
  'checks.branchTaken': 'Branches taken: {names}.',
  'checks.branchTaken.in': 'Branches taken in {scenario}: {names}.',
  'checks.loopTrips': 'Trips of loops: {names}.',
  'checks.loopTrips.in': 'Trips of loops in {scenario}: {names}.',
} as const;
