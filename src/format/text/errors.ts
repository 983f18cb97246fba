export const errorText = {
  'error.cancelled': 'Cancelled.',
  'error.bug': 'Something went wrong in Inference Profiler: {text}',
} as const;
