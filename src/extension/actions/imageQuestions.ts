import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';

import type { Text } from '../../format/text/text.js';
import type { ImagePreprocessing } from '../../protocol/settings.js';
import { inOrder, readNumbers, readSize, USUAL_VALUES } from '../session/preprocessingChoices.js';

const IMAGE_NAME = /\.(png|jpe?g)$/i;
const ARRAY_NAME = /\.(npy|npz|pb)$|^test_data_set_/i;

/** Images whose preprocessing neither the user nor a file beside the model has told. */
export async function needsPreprocessing(
  modelPath: string,
  inputPath: string,
  known: ImagePreprocessing | undefined,
): Promise<boolean> {
  if (known?.mean !== undefined || known?.scale !== undefined) return false;
  const names = (await readdir(inputPath).catch(() => null)) ?? [path.basename(inputPath)];
  if (!names.some((name) => IMAGE_NAME.test(name)) || names.some((name) => ARRAY_NAME.test(name))) return false;
  const folder = path.dirname(modelPath);
  const folders = path.basename(folder).toLowerCase() === 'onnx' ? [folder, path.dirname(folder)] : [folder];
  const files = folders.map((each) => stat(path.join(each, 'preprocessor_config.json')).catch(() => null));
  return (await Promise.all(files)).every((found) => found === null);
}

/** Values, order of the colours, size; null when the user left. */
export async function askPreprocessing(text: Text): Promise<ImagePreprocessing | null> {
  const values = await askValues(text);
  if (!values) return null;
  const orders = (['RGB', 'BGR'] as const).map((order) => ({
    label: text(order === 'RGB' ? 'extension.image.rgb' : 'extension.image.bgr'),
    order,
  }));
  const picked = await vscode.window.showQuickPick(orders, { placeHolder: text('extension.image.order') });
  if (!picked) return null;
  const answer = await vscode.window.showInputBox({
    title: text('extension.image.size'),
    prompt: text('extension.image.sizePrompt'),
    validateInput: (typed) => (readSize(typed) === null ? text('extension.image.sizeInvalid') : undefined),
  });
  if (answer === undefined) return null;
  const size = readSize(answer);
  const { order } = picked;
  // What was typed is in the order that was picked.
  const inTurn = values.typed ? values.values : inOrder(values.values, order);
  return { ...inTurn, order, ...(size === undefined || size === null ? {} : { size }) };
}

interface AskedValues {
  values: Required<Pick<ImagePreprocessing, 'mean' | 'scale'>>;
  typed: boolean;
}

async function askValues(text: Text): Promise<AskedValues | null> {
  const items = (['unit', 'signed', 'imageNet', 'bytes', 'custom'] as const).map((usual) => ({
    label: text(`extension.image.${usual}`),
    usual,
  }));
  const picked = await vscode.window.showQuickPick(items, { placeHolder: text('extension.image.values') });
  if (!picked) return null;
  if (picked.usual !== 'custom') return { values: USUAL_VALUES[picked.usual], typed: false };
  const mean = await askNumbers(text, text('extension.image.mean'), '0');
  const scale = mean === null ? null : await askNumbers(text, text('extension.image.scale'), String(1 / 255));
  return mean === null || scale === null ? null : { values: { mean, scale }, typed: true };
}

async function askNumbers(text: Text, title: string, usual: string): Promise<ReturnType<typeof readNumbers>> {
  const answer = await vscode.window.showInputBox({
    title,
    value: usual,
    validateInput: (typed) => (readNumbers(typed) === null ? text('extension.image.numbers') : undefined),
  });
  return answer === undefined ? null : readNumbers(answer);
}
