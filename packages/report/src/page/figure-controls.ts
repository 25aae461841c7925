import type { Figure } from '../figure.ts';
import { html, type Markup } from './html.ts';

/** A choice among the policies that are thin lines. */
export function policyControls({ id, table }: Figure): Markup {
  const others = [
    ...new Set(table.rows.filter((row) => row[1] === 'other').map((row) => String(row[0]))),
  ];
  return html`<p class="controls" data-tools hidden><label>Also set off <select data-policy="${id}"><option value="">none</option>${others.map((policy) => html`<option>${policy}</option>`)}</select></label></p>`;
}

/** Search, colour, where one is, what one points at, and the rows that match. */
export function icicleControls({ id }: Figure): Markup {
  return html`<div data-tools hidden>
<div class="controls"><label>Search prefixes <input type="search" data-search="${id}" autocomplete="off" spellcheck="false" placeholder="part of an id"></label><label>Colour <select data-colour="${id}"><option value="kept">what is kept in pages</option><option value="reuse">how soon it comes back</option></select></label></div>
<p class="found" data-found="${id}" role="status"></p>
<div class="scroll matches" role="region" aria-label="Prefixes that match" tabindex="0" data-matches="${id}"></div>
<p class="path" data-path="${id}" aria-label="Where you are"></p>
</div>
<p class="readout" data-readout="${id}" hidden></p>`;
}
