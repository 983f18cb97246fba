// Strict in every folder; the house's import rules stand here and are checked again over the bundles' metafiles.
import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

/** May be imported as types by everyone: the protocol and the catalogue's codes. */
const rooms = [
  'format',
  'core/common',
  'core/model',
  'core/operators',
  'core/runtime',
  'core/trace',
  'core/attribution',
  'core/analysis',
  'core/quantization',
  'core/cost',
  'core/configs',
  'core/report',
  'store',
  'worker',
  'runner',
  'extension',
  'cli',
];
const core = [
  'common',
  'model',
  'operators',
  'runtime',
  'trace',
  'attribution',
  'analysis',
  'quantization',
  'cost',
  'configs',
  'report',
].map((room) => `core/${room}`);
const may = {
  protocol: [],
  format: [],
  'core/common': [],
  'core/model': ['core/common'],
  'core/operators': ['core/common', 'core/model'],
  'core/runtime': ['core/common', 'core/model'],
  'core/trace': ['core/common', 'core/model', 'core/operators'],
  'core/attribution': ['core/common', 'core/model', 'core/operators', 'core/trace'],
  'core/analysis': [
    'core/common',
    'core/model',
    'core/operators',
    'core/runtime',
    'core/trace',
    'core/attribution',
    'core/report',
  ],
  'core/quantization': [
    'core/common',
    'core/model',
    'core/operators',
    'core/runtime',
    'core/trace',
    'core/attribution',
    'core/analysis',
    'format',
  ],
  'core/cost': ['core/common', 'core/model', 'core/operators', 'core/runtime', 'core/analysis'],
  'core/configs': ['core/common', 'core/cost', 'format'],
  'core/report': [...core, 'format'],
  store: ['core/common', 'core/report'],
  worker: core,
  runner: ['core/common'],
  extension: ['format', ...core, 'store', 'runner'],
  cli: ['format', ...core, 'store', 'runner'],
};
const packagesForbidden = {
  default: ['vscode', 'onnxruntime-node', 'node:child_process'],
  store: ['vscode', 'onnxruntime-node', 'node:child_process'],
  worker: ['vscode', 'node:child_process'],
  runner: ['vscode', 'onnxruntime-node'],
  extension: ['onnxruntime-node', 'node:child_process'],
  cli: ['vscode', 'onnxruntime-node', 'node:child_process'],
};

const roomRules = Object.entries(may).map(([room, allowed]) => ({
  files: [`src/${room}/**/*.ts`],
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      {
        paths: (packagesForbidden[room] ?? packagesForbidden.default).map((name) => ({
          name,
          message: 'not in this room',
        })),
        patterns: rooms
          .filter((other) => other !== room && !allowed.includes(other))
          .map((other) => ({
            regex: `^(\\.\\./)+${other}/`,
            allowTypeImports: other === 'format',
            message: `${room} may not import ${other}`,
          })),
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ['dist/**', 'out/**', '.cache/**', 'node_modules/**', '**/generated/**'] },
  eslint.configs.recommended,
  {
    files: ['**/*.ts', '**/*.mts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-restricted-properties': [
        'error',
        { property: 'innerHTML', message: 'Names from files are text, never HTML.' },
        { property: 'outerHTML', message: 'Names from files are text, never HTML.' },
        { property: 'insertAdjacentHTML', message: 'Names from files are text, never HTML.' },
      ],
    },
  },
  {
    files: ['src/**/*.ts', 'webview/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      complexity: ['error', 16],
      'no-console': 'error',
    },
  },
  ...roomRules,
  {
    files: ['webview/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '/src/(?!format/)',
              allowTypeImports: true,
              message: 'The page may import src/format, and types of src/protocol.',
            },
          ],
        },
      ],
    },
  },
  {
    // node:test's describe and it return promises that nobody awaits.
    files: ['test/**/*.ts', 'test/**/*.mts'],
    rules: { '@typescript-eslint/no-floating-promises': 'off' },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        setTimeout: 'readonly',
      },
    },
  },
);
