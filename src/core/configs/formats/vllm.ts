/** The flags of vLLM's server, wherever its command line stands. */

import { emptyConfig, type ServingConfig } from '../servingConfig.js';
import { type ConfigNode, type Located, numberOf, type TextRange } from '../tree/node.js';
import { isInterpolated } from '../tree/templates.js';
import { flagAt, shellWords, type Word } from '../tree/words.js';

export interface VllmFlags {
  model: Located<string> | null;
  /** GPUs over which one copy is spread. */
  tensorParallel: Located<number> | null;
  pipelineParallel: Located<number> | null;
  maxModelLength: Located<number> | null;
  maxSequences: Located<number> | null;
  memoryUtilization: Located<number> | null;
  precision: Located<string> | null;
  quantization: Located<string> | null;
}

const isVllm = (words: readonly Word[], image: string): boolean =>
  /\bvllm\b/.test(image) || words.some(({ value }) => /(^|[/.])vllm($|[.:/])/.test(value));

/** The words of `command` and `args`, in order, with their places in the file. */
export function wordsOf(text: string, ...nodes: (ConfigNode | null)[]): Word[] {
  return nodes.flatMap((node) => {
    if (!node) return [];
    const scalars = node.kind === 'list' ? node.items : [node];
    return scalars.flatMap((scalar) => {
      if (scalar.kind !== 'scalar' || scalar.value === null) return [];
      const written = text.slice(scalar.range.start, scalar.range.end);
      const inner = /^(?:[|>][^\n]*\n|["'])/.exec(written)?.[0] ?? '';
      const content =
        /^["']$/.test(inner) && written.endsWith(inner) ? written.slice(1, -1) : written.slice(inner.length);
      return shellWords(content, scalar.range.start + inner.length);
    });
  });
}

/** null when the words do not start vLLM; `image` is the container's, where there is one. */
export function vllmFlags(words: readonly Word[], image = ''): VllmFlags | null {
  if (!isVllm(words, image)) return null;
  const number = (...names: string[]): Located<number> | null => {
    const flag = flagAt(words, ...names);
    const value = flag && numberOf(flag.value);
    return flag && value !== null ? { ...flag, value } : null;
  };
  const text = (...names: string[]): Located<string> | null => {
    const flag = flagAt(words, ...names);
    return flag && flag.value !== '' && !isInterpolated(flag.value) ? flag : null;
  };
  return {
    model: text('--model') ?? servedModel(words),
    tensorParallel: number('--tensor-parallel-size', '-tp'),
    pipelineParallel: number('--pipeline-parallel-size', '-pp'),
    maxModelLength: number('--max-model-len'),
    maxSequences: number('--max-num-seqs'),
    memoryUtilization: number('--gpu-memory-utilization'),
    precision: text('--dtype'),
    quantization: text('--quantization', '-q'),
  };
}

/** `vllm serve MODEL`. */
function servedModel(words: readonly Word[]): Located<string> | null {
  const at = words.findIndex(
    ({ value }, index) => value === 'serve' && /(^|\/)vllm$/.test(words[index - 1]?.value ?? ''),
  );
  const word = at === -1 ? undefined : words[at + 1];
  return word && !word.value.startsWith('-') && !isInterpolated(word.value) ? { ...word, field: word.range } : null;
}

/** The flags as fields of a config: batch, GPUs of one copy, precision. */
export function withVllm(config: ServingConfig, flags: VllmFlags | null): ServingConfig {
  if (!flags) return config;
  const others = [flags.precision, flags.quantization].filter((each) => each !== null && each.value !== 'auto');
  return {
    ...config,
    accelerators: config.accelerators ?? flags.tensorParallel,
    batch: config.batch ?? flags.maxSequences,
    otherRuntimes: [...config.otherRuntimes, ...others.filter((each) => each !== null)],
    models: flags.model ? [...config.models, flags.model] : config.models,
  };
}

/** A shell script that starts vLLM; one config for each line that does. */
export function readShell(text: string): ServingConfig[] {
  if (!/\bvllm\b/.test(text)) return [];
  const range: TextRange = { start: 0, end: text.length };
  const flags = vllmFlags(shellWords(text));
  return flags ? [withVllm({ ...emptyConfig('vllm', 'vllm', range), unit: 'copies' }, flags)] : [];
}
