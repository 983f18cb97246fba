export const errorText = {
  'error.cancelled': 'Cancelled.',
  'error.bug': 'Something went wrong in Inference Profiler: {text}',

  'error.runtime.load': 'ONNX Runtime cannot load this model: {text}',
  'error.runtime.run': 'ONNX Runtime failed while running the model: {text}',
  'error.runtime.memory': 'The model needs more memory than this machine can give: {text}',
  'error.runtime.provider':
    'The execution provider "{provider}" cannot be used on this machine (this build has: {available}): {text}',
  'error.runtime.input': 'Input "{name}" cannot be given to ONNX Runtime: {text}',
  'error.runtime.dataType':
    'An input or output of the model is {dataType}, which ONNX Runtime can neither take from nor give to this program. Cast it to float32 inside the model.',
  'error.runtime.trace': 'ONNX Runtime wrote no trace; is the disk with the temporary folder full?',

  'error.worker.start': 'The worker process could not be started: {text}',
  'error.worker.channel': 'The worker process broke off the connection and was ended.',
  'error.worker.signal': 'The worker process was ended by {signal}.',
  'error.worker.exit': 'The worker process ended on its own with exit code {exitCode}.',
  'error.worker.killed':
    'The system ended the worker process, most likely because memory ran out. Close other programs or profile with smaller dimensions.',
  'error.worker.outOfMemory':
    'The worker process ran out of memory. Profile with smaller dimensions, or on a machine with more memory.',
  'error.worker.contentChanged':
    'The model file changed, or could not be read again, while it was profiled: its content hash is not known.',
  'error.worker.memoryTooSmall': 'Peak memory is not known: the model takes less than two empty processes differ by.',
  'error.worker.memoryNotMeasured': 'Peak memory is not known: the process that was to measure it did not finish.',
  'error.worker.folder': 'The temporary folder {folder} cannot be used: {text}',

  'error.limit.memory':
    'Stopped after {afterSeconds} s: more memory was needed than the limit of {limitMiB} MiB. Raise the memory limit or profile with smaller dimensions.',
  'error.limit.freeMemory':
    'Stopped after {afterSeconds} s: more memory was needed than the {limitMiB} MiB that were free. Close other programs or profile with smaller dimensions.',
  'error.limit.time': 'Stopped after {afterSeconds} s: the time limit was reached.',
} as const;
