/** Which files are looked at. Their content decides what they are. */

const PROFILED = ['onnx', 'ort'];
const RECOGNIZED = [
  'tflite',
  'lite',
  'safetensors',
  'gguf',
  'pt',
  'pth',
  'pb',
  'h5',
  'hdf5',
  'keras',
  'mlmodel',
].concat(['engine', 'plan', 'trt']);
/** OpenVINO: only the two together are a model. */
const OPENVINO = { structure: '.xml', weights: '.bin' };

/** Without the dot; the core's scan looks into the same. */
export const CANDIDATE_EXTENSIONS = [...PROFILED, ...RECOGNIZED, 'xml'];

export const CANDIDATE_GLOB = `**/*.{${[...CANDIDATE_EXTENSIONS, 'bin'].join(',')}}`;

const LEFT_OUT = ['node_modules', '.venv', 'venv', 'site-packages', '.git', '.hg', '.svn', '__pycache__'];

/** By its name alone: a file that we can profile if its content is what the name says. */
export const hasProfiledName = (path: string): boolean => PROFILED.includes(extensionOf(path));

/** Inside a folder of dependencies, whose models belong to others. */
export const isLeftOut = (path: string): boolean => path.split(/[\\/]/).some((part) => LEFT_OUT.includes(part));

/**
 * One glob for what a search leaves out, on top of `files.exclude`, which it always honours: the folders of
 * dependencies, and what `search.exclude` names. What git ignores stays in: models are ignored on purpose.
 */
export function excludeGlob(searchExclude: Readonly<Record<string, unknown>>): string {
  const folders = LEFT_OUT.map((name) => `**/${name}/**`);
  const named = Object.entries(searchExclude)
    // An entry with a condition (`when`) is about single files; braces cannot stand inside braces.
    .filter(([glob, value]) => value === true && !/[{},]/.test(glob))
    .flatMap(([glob]) => (glob.endsWith('/**') ? [glob] : [glob, `${glob}/**`]));
  return `{${[...new Set([...folders, ...named])].join(',')}}`;
}

/** Drops weights, and `.xml` files without weights beside them. */
export function pairedCandidates(paths: readonly string[]): string[] {
  const all = new Set(paths);
  return paths.filter((path) => {
    const extension = extensionOf(path);
    if (extension === 'bin') return false;
    if (extension !== 'xml') return true;
    return all.has(path.slice(0, -OPENVINO.structure.length) + OPENVINO.weights);
  });
}

const extensionOf = (path: string): string => /\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
