export const operatorText = {
  'operators.largerBranch':
    '{count} If operators (first: {first}) are counted by their larger branch: which one runs depends on the data.',
  'operators.largerBranch.one':
    'The If operator {first} is counted by its larger branch: which one runs depends on the data.',
  'operators.unknownTrips':
    'How often {count} loops (first: {first}) run depends on the data, so the total is not known without a run.',
  'operators.unknownTrips.one':
    'How often the loop {first} runs depends on the data, so the total is not known without a run.',

  'checks.cache': 'Generates token by token with a cache of keys and values: {size} for every token in each sequence.',
  'checks.cacheOfUnknownSize':
    'Generates token by token with a cache of keys and values ({count} inputs), whose sizes the file does not state.',
  'checks.decoderWithoutCache':
    'Generates token by token without a cache: every new token computes all tokens before it again, {tokens} at this length. An export with past keys and values computes one.',
  'checks.experts':
    'Mixture of experts: {active} of {total} experts compute each token, in {layers} layers: {activeCount} of {allCount} parameters are active. All of them must lie in memory.',
  'checks.experts.one':
    'Mixture of experts: {active} of {total} experts compute each token, in one layer: {activeCount} of {allCount} parameters are active. All of them must lie in memory.',
  'checks.loops': 'Contains {count} loops, which run their bodies again and again: {names}.',
  'checks.loops.one': 'Contains a loop, which runs its body again and again: {names}.',
  'checks.branches': 'Contains {count} If operators, of which one branch each runs: {names}.',
  'checks.branches.one': 'Contains an If operator, of which one branch runs: {names}.',
  'checks.dynamicDimensions': '{count} dimensions are open, and cost depends on them: {names}.',
  'checks.dynamicDimensions.one': 'One dimension is open, and cost depends on it: {names}.',
  'checks.dataDependentShapes':
    'What {count} operators make has a size that depends on the data, so it is not known without a run: {names}.',
  'checks.dataDependentShapes.one':
    'What the operator {names} makes has a size that depends on the data, so it is not known without a run.',
  'checks.customDomains':
    'Uses operators of {count} domains that the runtime does not bring along, so it cannot run without their libraries: {names}.',
  'checks.customDomains.one':
    'Uses operators of the domain {names}, which the runtime does not bring along, so it cannot run without its library.',
  'checks.mixedPrecision': 'Computes in {types}, with {casts} casts between float types in every run.',
  'checks.quantizedTransitions':
    'Quantized: {quantize} QuantizeLinear and {dequantize} DequantizeLinear operators stand between integer and float parts; the runtime fuses those that surround a supported operator.',
  'checks.operatorsWithoutRule': 'No rule for {count} kinds of operators, so total MACs are unknown: {names}.',
  'checks.operatorsWithoutRule.one': 'No rule for the operator {names}, so total MACs are unknown.',
  'checks.deadOperators': '{count} operators lead to no output: {names}.',
  'checks.deadOperators.one': 'The operator {names} leads to no output.',
  'checks.unusedInputs': '{count} inputs are never read: {names}.',
  'checks.unusedInputs.one': 'The input {names} is never read.',
  'checks.deadWeights': 'Some weights lead to no output and take {size}: {names}.',
  'checks.duplicatedWeights': 'Some weights are stored more than once; the copies take {size}: {names}.',
} as const;
