/** Names of execution providers as their makers write them. */

const NAMES: ReadonlyMap<string, string> = new Map([
  ['cpu', 'CPU'],
  ['webgpu', 'WebGPU'],
  ['coreml', 'Core ML'],
  ['dml', 'DirectML'],
  ['cuda', 'CUDA'],
  ['tensorrt', 'TensorRT'],
]);

/** Of `webgpu` as of `WebGpuExecutionProvider`; the name itself where it is not known. */
export function providerLabel(provider: string): string {
  const bare = provider.replace(/ExecutionProvider$/, '');
  return NAMES.get(bare.toLowerCase()) ?? bare;
}
