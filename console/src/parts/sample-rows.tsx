import { textOf } from "./value";

interface SampleRowsProps {
  label: string;
  columns: string[];
  rows: Record<string, unknown>[];
}

/** A few rows, in a box that scrolls sideways. */
export function SampleRows({ label, columns, rows }: SampleRowsProps) {
  return (
    <div class="sample" role="region" aria-label={label} tabIndex={0}>
      <table class="list list-dense">
        <thead>
          <tr>
            {columns.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>
              {columns.map((name) => (
                <td key={name}>
                  <span class="clip">{textOf(row[name])}</span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
