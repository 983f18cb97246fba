import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/**
 * The page's frame: its script and its style, nothing else; state comes by message. Nothing is loaded from anywhere
 * but the extension, and only what carries the nonce runs.
 */
export function panelHtml(webview: vscode.Webview, dist: vscode.Uri, language: string): string {
  const nonce = randomBytes(16).toString('base64');
  const script = webview.asWebviewUri(vscode.Uri.joinPath(dist, 'page.js')).toString();
  const style = webview.asWebviewUri(vscode.Uri.joinPath(dist, 'page.css')).toString();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource} 'nonce-${nonce}'`,
    `font-src ${webview.cspSource} data:`,
    `img-src ${webview.cspSource} data:`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${/^[\w-]{2,20}$/.test(language) ? language : 'en'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" nonce="${nonce}" content="${nonce}">
<link rel="stylesheet" href="${style}">
</head>
<body>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}
