export const servingText = {
  'serving.unmet.fastest': 'cannot be met: the fastest run alone takes {fastest} ms, the target is {target} ms',
  'serving.unmet.percentile':
    'cannot be met: p{percentile} of the run alone is {alone} ms without any wait, the target is {target} ms',
  'serving.unmet.tooMany': 'would take more than {most} replicas',
  'serving.modelCallsOnly': 'Model calls only. Pre- and post-processing, network and server not included.',
} as const;
