const TOKENS =
  /("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)|\b(CREATE|STREAM|TABLE|SELECT|FROM|WHERE|GROUP BY|HAVING|ORDER BY|WITH|AS|AND|OR|NOT|IN|LEFT|RIGHT|INNER|JOIN|ON|CASE|WHEN|THEN|ELSE|END|true|false|null)\b|(-?\b\d+(?:\.\d+)?\b)/gi;
const KINDS = ["text", "word", "number"];

/** A statement or a rule with its words, texts and numbers told apart; as text, never as markup. */
export function Highlighted({ text, label }: { text: string; label: string }) {
  const pieces = [];
  let from = 0;
  for (const match of text.matchAll(TOKENS)) {
    if (match.index > from) pieces.push(text.slice(from, match.index));
    const kind = KINDS[match.slice(1).findIndex((group) => group !== undefined)];
    pieces.push(<span class={`token-${kind}`}>{match[0]}</span>);
    from = match.index + match[0].length;
  }
  pieces.push(text.slice(from));
  return (
    <pre class="code" tabIndex={0} aria-label={label}>
      {pieces}
    </pre>
  );
}
