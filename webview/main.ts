/**
 * The page. In the panel it asks its host for a state; in an exported file the state stands in the file:
 * `<script type="application/json" id="page-state">`. The host's HTML holds nothing else but this script, its style,
 * and `<meta property="csp-nonce">` with the nonce that its policy allows for style elements.
 */

import '@vscode/codicons/dist/codicon.css';
import './styles/theme.css';
import './styles/base.css';
import './styles/frame.css';
import './styles/layers.css';
import './styles/hotspots.css';
import './styles/rail.css';
import './styles/views.css';
import './styles/compare.css';
import './styles/quantization.css';
import './styles/cost.css';
import './styles/print.css';
import type { PageState } from '../src/protocol/webview.js';
import { App } from './app.js';
import { registerToolkit } from './controls/toolkit.js';
import { connect } from './host.js';
import { followColorScheme } from './theme.js';

const embedded = document.getElementById('page-state');
const host = connect();
window.addEventListener('error', (event) => {
  host.post({ type: 'pageError', text: `${event.message} (${event.lineno}:${event.colno})`.slice(0, 2000) });
});
window.addEventListener('unhandledrejection', (event) => {
  host.post({ type: 'pageError', text: String(event.reason).slice(0, 2000) });
});

if (embedded) followColorScheme();
registerToolkit();
const root = document.createElement('div');
root.id = 'page';
document.body.append(root);
const app = new App(root, host);
if (embedded) app.receive({ type: 'state', state: JSON.parse(embedded.textContent) as PageState });
else host.post({ type: 'ready' });
