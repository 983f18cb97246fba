/** A text to serving configs: recognised by what stands in it; its name only breaks ties. */

import { readAzureMl } from './formats/azureMl.js';
import type * as codeModule from './code.js';
import { readBentoDeployment } from './formats/bentoml.js';
import { readCompose } from './formats/compose.js';
import { readKServe } from './formats/kserve.js';
import { readKubernetes } from './formats/kubernetes.js';
import { rayServiceText, readRayServe } from './formats/rayServe.js';
import { readCloudFormation } from './formats/sageMaker.js';
import { readSeldon } from './formats/seldon.js';
import { readTorchServe } from './formats/torchServe.js';
import { readTriton } from './formats/triton.js';
import { readVertex } from './formats/vertex.js';
import { readShell } from './formats/vllm.js';
import { joined, KeptParts, type PartReading } from './keptParts.js';
import { jsonLiterals, literalsBelow, MAXIMUM_LITERALS, modelPlaces } from './literals.js';
import { mayGiveHints } from './signals.js';
import type { ServingConfig } from './servingConfig.js';
import type * as terraformModule from './terraform.js';
import { parseJson } from './tree/json.js';
import type { ConfigNode, Located } from './tree/node.js';
import { parseProperties } from './tree/properties.js';
import { parseTextProto } from './tree/textProto.js';
import { parseYaml, type YamlParse } from './tree/yaml.js';

export interface ConfigReading {
  configs: ServingConfig[];
  /** Model files that the text names, configs or not. */
  literals: Located<string>[];
  /** For the next reading of the same file. */
  yaml: KeptYaml | null;
}

interface KeptYaml {
  parse: YamlParse;
  parts: KeptParts;
}

const NOTHING: ConfigReading = { configs: [], literals: [], yaml: null };

export type Syntax = 'yaml' | 'json' | 'textProto' | 'hcl' | 'properties' | 'python' | 'shell' | 'code';

const CODE = /\.(m?[jt]sx?|cjs|cts|cs|java|rs|go)$/i;

/** By content; a file's extension tells programming languages apart. */
export function syntaxOf(text: string, file: string): Syntax {
  if (/\.pyi?$/i.test(file)) return 'python';
  if (CODE.test(file)) return 'code';
  if (/^\uFEFF?\s*(?:\/[/*][^\n]*\n\s*)*[[{]/.test(text) && !text.trimStart().startsWith('{{')) return 'json';
  if (/^[ \t]*resource[ \t]+"[^"\n]*"[ \t]+"/m.test(text)) return 'hcl';
  if (TEXT_PROTO.test(text) || (/\.pbtxt$/i.test(file) && /^[ \t]*\w+[ \t]*[:{[]/m.test(text))) return 'textProto';
  if (PROPERTIES.test(text)) return 'properties';
  if (/^#!.*sh\b/.test(text) || (/\bvllm\b/.test(text) && !/^[ \t]*[\w-]+:(\s|$)/m.test(text))) return 'shell';
  return 'yaml';
}

const TEXT_PROTO =
  /^[ \t]*(?:input|output|instance_group|dynamic_batching|optimization|version_policy|model_warmup|ensemble_scheduling|sequence_batching|parameters)[ \t]*:?[ \t]*[[{]|^[ \t]*(?:max_batch_size|platform|backend)[ \t]*:[^\n]*\n[ \t]*(?:input|output|instance_group)[ \t]*:?[ \t]*[[{]/m;
const PROPERTIES =
  /^[ \t]*(?:inference_address|management_address|metrics_address|default_workers_per_model|model_store|load_models|models|job_queue_size|number_of_gpu|batch_size)[ \t]*=/m;

/** Readers with large grammars, which only the files that need them load. */
export interface Languages {
  code?: Pick<typeof codeModule, 'codeLiterals' | 'readBentoPython'>;
  terraform?: Pick<typeof terraformModule, 'terraformConfigs'>;
}

async function languagesFor(syntax: Syntax): Promise<Languages> {
  if (syntax === 'python' || syntax === 'code') return { code: await import('./code.js') };
  if (syntax === 'hcl') return { terraform: await import('./terraform.js') };
  return {};
}

/** `previous` is the reading of the same file before an edit. Never rejects for what stands in a text. */
export async function readConfigs(
  text: string,
  file: string,
  previous: ConfigReading | null = null,
): Promise<ConfigReading> {
  if (!mayGiveHints(text)) return NOTHING;
  const syntax = syntaxOf(text, file);
  return readSyntax(text, file, syntax, previous, await languagesFor(syntax));
}

/** The same with languages at hand. */
export const readConfigsWith = (
  languages: Languages,
  text: string,
  file: string,
  previous: ConfigReading | null = null,
): ConfigReading => (mayGiveHints(text) ? readSyntax(text, file, syntaxOf(text, file), previous, languages) : NOTHING);

function readSyntax(
  text: string,
  file: string,
  syntax: Syntax,
  previous: ConfigReading | null,
  languages: Languages,
): ConfigReading {
  if (syntax === 'yaml') return readYaml(text, previous);
  const isCode = syntax === 'code' || syntax === 'python';
  const literals = isCode ? languages.code?.codeLiterals(text, file) : syntax === 'json' ? jsonLiterals(text) : [];
  return { configs: configsOf(text, syntax, languages), literals: literals ?? [], yaml: null };
}

function readYaml(text: string, previous: ConfigReading | null): ConfigReading {
  const parse = parseYaml(text, previous?.yaml?.parse ?? null);
  const parts = new KeptParts(text, parse.masked, previous?.yaml?.parts ?? null);
  const places = modelPlaces(text);
  const partOf = (node: ConfigNode): PartReading => ({
    configs: documentConfigs(node, text),
    literals: literalsBelow(node, parse.masked, places),
  });
  const readings = parse.documents.map((document) =>
    parts.of(document.range, () => {
      const root = document.read();
      if (!root) return joined([]);
      const items = itemsOfList(root);
      return items ? joined(items.map((item) => parts.of(item.range, () => partOf(item)))) : partOf(root);
    }),
  );
  const { configs, literals } = joined(readings);
  return { configs: [...configs], literals: [...literals].slice(0, MAXIMUM_LITERALS), yaml: { parse, parts } };
}

function configsOf(text: string, syntax: Exclude<Syntax, 'yaml'>, languages: Languages): ServingConfig[] {
  switch (syntax) {
    case 'textProto': {
      const triton = readTriton(parseTextProto(text));
      return triton ? [triton] : [];
    }
    case 'hcl':
      return languages.terraform?.terraformConfigs(text) ?? [];
    case 'properties':
      return readTorchServe(parseProperties(text));
    case 'python':
      return languages.code?.readBentoPython(text) ?? [];
    case 'shell':
      return readShell(text);
    case 'json': {
      const root = parseJson(text);
      const documents = root?.kind === 'list' ? root.items : root ? [root] : [];
      return documents.flatMap((document) => documentConfigs(document, text));
    }
    case 'code':
      return [];
  }
}

/** A `List` of Kubernetes holds documents as items; null for anything else. */
function itemsOfList(document: ConfigNode): readonly ConfigNode[] | null {
  const items = document.entries.find(({ key }) => key === 'items');
  const isList =
    items !== undefined && document.entries.some(({ key, value }) => key === 'kind' && value.value === 'List');
  return isList ? items.value.items : null;
}

function documentConfigs(document: ConfigNode, text: string): ServingConfig[] {
  const items = itemsOfList(document);
  if (items) return items.flatMap((item) => documentConfigs(item, text));
  const single = [readKubernetes, readKServe, readAzureMl]
    .map((read) => read(document, text))
    .filter((each) => each !== null);
  return [
    ...single,
    ...readSeldon(document, text),
    ...readCompose(document, text),
    ...readRayServe(document),
    ...rayService(document, text),
    ...readBentoDeployment(document),
    ...readCloudFormation(document),
    ...readVertex(document),
  ];
}

/** The config inside a RayService is a block of YAML of its own; its places are moved to where it stands. */
function rayService(document: ConfigNode, text: string): ServingConfig[] {
  const entry = rayServiceText(document);
  if (!entry) return [];
  const { start, end } = entry.value.range;
  const written = text.slice(start, end);
  const header = /^[|>][^\n]*\n/.exec(written)?.[0].length ?? 0;
  // Blanks keep every offset; the indentation of the block does not matter to its mapping.
  const padded = text.slice(0, start + header).replace(/[^\r\n]/g, ' ') + written.slice(header);
  return parseYaml(padded).documents.flatMap((inner) => {
    const root = inner.read();
    return root ? readRayServe(root) : [];
  });
}
