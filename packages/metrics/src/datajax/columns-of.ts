import type { DatajaxExpr } from '@wavetune/ir';

/** The columns that an expression of datajax names. */
export function columnsOf(expr: DatajaxExpr): ReadonlySet<string> {
  switch (expr.kind) {
    case 'col':
      return new Set([expr.name]);
    case 'lit':
      return new Set();
    case 'rename':
      return columnsOf(expr.expr);
    default:
      return new Set([...columnsOf(expr.left), ...columnsOf(expr.right)]);
  }
}
