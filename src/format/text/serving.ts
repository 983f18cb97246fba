export const servingText = {
  'serving.unmet.fastest': 'cannot be met: the fastest run alone takes {fastest} ms, the target is {target} ms',
  'serving.unmet.percentile':
    'cannot be met: p{percentile} of the run alone is {alone} ms without any wait, the target is {target} ms',
  'serving.unmet.filling':
    'cannot be met: a lone request waits {wait} ms for others, and p{percentile} of the run is {alone} ms; the target is {target} ms',
  'serving.unmet.tooMany': 'would take more than {most} replicas',
  'serving.modelCallsOnly': 'Model calls only. Pre- and post-processing, network and server not included.',

  'serving.note.batchingDoesNotPay':
    'Batching does not pay: larger batches take as much longer as they hold more items. Serve items one by one.',
  'serving.note.batchingPays':
    'A batch of {batch} carries {percent} % more items a second; its call takes {times} × as long.',
  'serving.note.noBatch': 'The model has no batch dimension: every call serves one item.',
  'serving.note.refused': 'Not measured: the runtime refused {sessions} sessions with a batch of {batch}.',
  'serving.note.disturbed':
    'Other programs took part of the processor in {disturbed} of {total} measurements; capacity may be higher.',

  'serving.note.notAnswered':
    'At {rate} requests a second only {answered} of {sent} were answered: the sessions cannot keep up.',
  'serving.note.slowerCalls':
    'Calls took {percent} % longer here than when the capacity was measured: so much of the difference between the test and the simulation is the machine, not the queue.',
  'serving.note.fasterCalls':
    'Calls took {percent} % less time here than when the capacity was measured: so much of the difference between the test and the simulation is the machine, not the queue.',
  'serving.note.unsteadyCalls':
    'Calls took up to {percent} % longer in one part of the test than in another: the machine was not steady, and its slow stretches show in the tail, which no simulation on mixed times has.',
  'serving.note.tooFewRequests':
    '{sent} requests are too few for p{percentile}, which needs {needed}. Test for longer.',

  'page.count.points': '{number} ways to serve',
  'page.count.points.one': '{number} way to serve',
  'page.phase.capacity': 'Capacity',
  'page.phase.loadTest': 'Load test',
} as const;
