// Answers each line of JSON, `{name, text}`, with the shape of that script: kinds of nodes, without names and literals.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { join } from 'node:path';

const ts = createRequire(join(process.argv[2], 'x.js'))('typescript');

function shape(node) {
  const inner = [];
  ts.forEachChild(node, (child) => void inner.push(shape(child)));
  // A key may be quoted where it is no name, and a shorthand needs none: neither is code.
  const kind = ts.isStringLiteral(node) && node.parent?.name === node ? ts.SyntaxKind.Identifier : node.kind;
  return inner.length ? `${kind}(${inner.join()})` : `${kind}`;
}

for await (const line of createInterface({ input: process.stdin })) {
  const { name, text } = JSON.parse(line);
  const file = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
  const errors = file.parseDiagnostics.map((found) => {
    const { line: row } = file.getLineAndCharacterOfPosition(found.start);
    return `line ${row + 1}: ${ts.flattenDiagnosticMessageText(found.messageText, ' ')}`;
  });
  process.stdout.write(JSON.stringify({ shape: shape(file), errors: errors.join('; ') }) + '\n');
}
