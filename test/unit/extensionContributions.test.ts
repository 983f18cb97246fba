import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';

import { COMMANDS, CONTEXT_KEYS, ITEM_KINDS, PANEL_TYPE, SETTING_NAMES, VIEWS } from '../../src/extension/ids.js';

const root = path.resolve(import.meta.dirname, '../..');
const manifestText = readFileSync(path.join(root, 'package.json'), 'utf8');

interface MenuEntry {
  command: string;
  when?: string;
}
interface Manifest {
  activationEvents: string[];
  contributes: {
    commands: { command: string; enablement?: string }[];
    menus: Record<string, MenuEntry[]>;
    viewsContainers: { activitybar: { id: string; icon: string }[] };
    views: Record<string, { id: string; when: string }[]>;
    viewsWelcome: { view: string }[];
    configuration: { properties: Record<string, { default: unknown; scope: string }> };
    jsonValidation: { url: string }[];
  };
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
}
const { contributes, activationEvents, capabilities } = JSON.parse(manifestText) as Manifest;
const commandIds = Object.values(COMMANDS);
const sorted = (values: Iterable<string>): string[] => [...values].sort();

describe('contributions', () => {
  it('contributes exactly the commands that the code registers', () => {
    assert.deepEqual(sorted(contributes.commands.map((each) => each.command)), sorted(commandIds));
  });

  it('has menu entries for known commands only, with known context keys', () => {
    const known = new Set<string>([
      ...Object.values(CONTEXT_KEYS),
      ...Object.values(VIEWS),
      ...Object.values(ITEM_KINDS),
      PANEL_TYPE,
    ]);
    for (const [menu, entries] of Object.entries(contributes.menus)) {
      for (const { command, when = '' } of entries) {
        assert.ok((commandIds as string[]).includes(command), `${menu}: ${command}`);
        for (const [name] of when.matchAll(/\b(?:inferenceProfiler|model)\.\w+/g))
          assert.ok(known.has(name), `${menu}: ${name}`);
      }
    }
  });

  it('offers the main job in the explorer, the editor title, the tree and the palette', () => {
    const has = (menu: string): boolean =>
      contributes.menus[menu]?.some(({ command }) => command === COMMANDS.profile) ?? false;
    for (const menu of ['explorer/context', 'editor/title', 'view/item/context']) assert.ok(has(menu), menu);
    assert.ok(!has('commandPalette'), 'an entry there could only hide it');
  });

  it('has the view and its container under the ids of the code, shown by the context key', () => {
    assert.deepEqual(
      contributes.viewsContainers.activitybar.map((each) => each.id),
      [VIEWS.container],
    );
    const [view] = contributes.views[VIEWS.container] ?? [];
    assert.equal(view?.id, VIEWS.models);
    assert.equal(view.when, CONTEXT_KEYS.showModelsView);
    assert.equal(contributes.viewsWelcome[0]?.view, VIEWS.models);
    assert.ok(activationEvents.includes(`onWebviewPanel:${PANEL_TYPE}`));
  });

  it('has exactly the settings that are read, each with a default', () => {
    const properties = Object.entries(contributes.configuration.properties);
    assert.deepEqual(
      sorted(properties.map(([name]) => name)),
      sorted(SETTING_NAMES.map((name) => `inferenceProfiler.${name}`)),
    );
    for (const [name, property] of properties) assert.notEqual(property.default, undefined, name);
    for (const name of capabilities.untrustedWorkspaces.restrictedConfigurations)
      assert.ok(Object.hasOwn(contributes.configuration.properties, name), name);
  });

  it('has every text in package.nls.json, and none there that nobody uses', () => {
    const texts = JSON.parse(readFileSync(path.join(root, 'package.nls.json'), 'utf8')) as Record<string, string>;
    const used = new Set([...manifestText.matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key ?? ''));
    assert.deepEqual(sorted(used), sorted(Object.keys(texts)));
    const shown = contributes.commands.map((each) => JSON.stringify(each)).join('');
    assert.doesNotMatch(shown, /"title":"[^%]/, 'titles come from package.nls.json');
  });

  it('names files that exist', () => {
    const files = [
      ...contributes.viewsContainers.activitybar.map((each) => each.icon),
      ...contributes.jsonValidation.map((each) => each.url),
    ];
    for (const file of files) assert.ok(existsSync(path.join(root, file)), file);
  });
});
